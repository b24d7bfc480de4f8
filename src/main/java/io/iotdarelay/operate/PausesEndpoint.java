package io.iotdarelay.operate;

import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.pauses.OperatorPause;
import io.iotdarelay.pauses.Order;
import io.iotdarelay.pauses.PauseOrders;
import io.iotdarelay.pauses.PauseTarget;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.source.PollLoop;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Mono;

/**
 * Pauses: {@code GET /actuator/pauses} lists those in force, {@code POST /actuator/pauses} pauses, and
 * {@code DELETE /actuator/pauses?route=NAME} (or {@code partition=}, or {@code all=true}) resumes.
 */
@Endpoint(id = PausesEndpoint.ID)
final class PausesEndpoint {

    static final String ID = "pauses";

    private final PauseOrders orders;
    private final ShownPauses shown;
    private final RoutesInForce routes;

    PausesEndpoint(PauseOrders orders, PausesInForce pauses, RoutesInForce routes, PollLoop loop) {
        this.orders = orders;
        this.shown = new ShownPauses(pauses, orders, routes, loop);
        this.routes = routes;
    }

    @ReadOperation
    Map<String, Object> pauses() {
        return shown.all();
    }

    /**
     * Pauses.
     *
     * @param request the body as it came: a parameter of an operation cannot be called {@code for}
     */
    @WriteOperation
    Mono<WebEndpointResponse<Map<String, Object>>> pause(Map<String, Object> request, SecurityContext user) {
        return switch (PauseRequest.toPause(request)) {
            case PauseRequest.Invalid invalid -> Mono.just(failed(400, invalid.why()));
            case PauseRequest.Valid valid ->
                unknown(valid.target())
                        .map(why -> Mono.just(failed(404, why)))
                        .orElseGet(() -> Mono.fromFuture(
                                        orders.pause(valid.target(), valid.reason(), name(user), valid.lasting()))
                                .map(order -> answer(order, carriedOut -> shown.paused(valid.target(), carriedOut))));
        };
    }

    @DeleteOperation
    Mono<WebEndpointResponse<Map<String, Object>>> resume(
            @Nullable String all, @Nullable String route, @Nullable String partition) {
        return switch (PauseRequest.toResume(all, route, partition)) {
            case PauseRequest.Invalid invalid -> Mono.just(failed(400, invalid.why()));
            case PauseRequest.Valid valid -> {
                Optional<OperatorPause> before = orders.of(valid.target());
                Optional<String> unknown = before.isPresent() ? Optional.empty() : unknown(valid.target());
                yield unknown.map(why -> Mono.just(failed(404, why)))
                        .orElseGet(() -> Mono.fromFuture(orders.resume(valid.target()))
                                .map(order -> answer(
                                        order,
                                        carriedOut -> shown.resumed(valid.target(), before.isPresent(), carriedOut))));
            }
        };
    }

    private Optional<String> unknown(PauseTarget target) {
        return switch (target) {
            case PauseTarget.Everything everything -> Optional.empty();
            case PauseTarget.OfRoute route ->
                routes.current().names().contains(route.route())
                        ? Optional.empty()
                        : Optional.of("there is no route " + route.route() + "; there are "
                                + String.join(", ", routes.current().names()));
            case PauseTarget.OfPartition partition ->
                routes.current().of(partition.topic()).isEmpty()
                        ? Optional.of("no route reads topic " + partition.topic())
                        : Optional.empty();
        };
    }

    private static String name(SecurityContext user) {
        return user.getPrincipal() == null ? "nobody" : user.getPrincipal().getName();
    }

    private static WebEndpointResponse<Map<String, Object>> answer(
            Order order, Function<Boolean, Map<String, Object>> stored) {
        return switch (order) {
            case Order.Stored done -> new WebEndpointResponse<>(stored.apply(done.carriedOut()));
            case Order.Unknown unknown -> failed(404, unknown.why());
            case Order.Failed failed -> failed(503, failed.why());
        };
    }

    private static WebEndpointResponse<Map<String, Object>> failed(int status, String why) {
        return new WebEndpointResponse<>(Map.of("error", why), status);
    }
}
