package io.iotdarelay.operate;

import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.pipeline.Settlements;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.RouteStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The routes: {@code GET /actuator/routes} shows which are stopped because most of their records become dead letters, and
 * {@code POST /actuator/routes/NAME} resumes one.
 */
@Endpoint(id = "routes")
final class RoutesEndpoint {

    private static final String STATE = "state";
    private static final String RUNNING = "running";

    private final RoutesInForce routes;
    private final DeadLetterBudget budget;
    private final Settlements settlements;

    RoutesEndpoint(RoutesInForce routes, DeadLetterBudget budget, Settlements settlements) {
        this.routes = routes;
        this.budget = budget;
        this.settlements = settlements;
    }

    @ReadOperation
    Map<String, Map<String, String>> routes() {
        Map<String, RouteStatus> status = budget.status();
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        for (String name : routes.current().names()) {
            RouteStatus known = status.get(name);
            all.put(
                    name,
                    known == null ? Map.of(STATE, RUNNING) : Map.of(STATE, state(known), "reason", known.detail()));
        }
        return all;
    }

    @WriteOperation
    WebEndpointResponse<Map<String, String>> resume(@Selector String name) {
        if (!routes.current().names().contains(name)) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        settlements.resume(name);
        return new WebEndpointResponse<>(Map.of(STATE, RUNNING));
    }

    private static String state(RouteStatus status) {
        return switch (status) {
            case RouteStatus.Stopped ignored -> "stopped";
            case RouteStatus.PartitionStopped ignored -> "partition stopped";
            case RouteStatus.Culprits ignored -> RUNNING;
        };
    }
}
