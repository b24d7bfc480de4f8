package io.iotdarelay.operate;

import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.pauses.OperatorPause;
import io.iotdarelay.pauses.PauseOrders;
import io.iotdarelay.pauses.PauseTarget;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.source.PartitionStatus;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** How pauses are shown, with what they stop on this instance. */
final class ShownPauses {

    private final PausesInForce pauses;
    private final PauseOrders orders;
    private final RoutesInForce routes;
    private final PollLoop loop;

    ShownPauses(PausesInForce pauses, PauseOrders orders, RoutesInForce routes, PollLoop loop) {
        this.pauses = pauses;
        this.orders = orders;
        this.routes = routes;
        this.loop = loop;
    }

    Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("pauses", pauses.list().stream().map(this::show).toList());
        orders.trouble().ifPresent(why -> all.put("trouble", why));
        return all;
    }

    Map<String, Object> paused(PauseTarget target, boolean carriedOut) {
        Map<String, Object> answer = new LinkedHashMap<>();
        orders.of(target).ifPresentOrElse(pause -> answer.put("paused", show(pause)), () -> answer.put("ended", true));
        answer.put("carriedOut", carriedOut);
        return answer;
    }

    /** Other pauses may still stop what was resumed: they are listed. */
    Map<String, Object> resumed(PauseTarget target, boolean wasPaused, boolean carriedOut) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("resumed", wasPaused);
        answer.put("target", target.describe());
        answer.put("carriedOut", carriedOut);
        answer.put("pauses", pauses.list().stream().map(this::show).toList());
        return answer;
    }

    private Map<String, Object> show(OperatorPause pause) {
        Map<String, Object> shown = new LinkedHashMap<>();
        switch (pause.target()) {
            case PauseTarget.Everything everything -> shown.put("all", true);
            case PauseTarget.OfRoute route -> {
                shown.put("route", route.route());
                List<String> others = alsoStopped(route.route());
                if (!others.isEmpty()) {
                    shown.put("alsoStops", others);
                }
            }
            case PauseTarget.OfPartition partition -> shown.put("partition", partition.name());
        }
        shown.put("reason", pause.reason());
        shown.put("by", pause.by());
        shown.put("since", pause.since().toString());
        pause.until().ifPresent(end -> shown.put("until", end.toString()));
        shown.put("partitions", partitions(pause.target()));
        return shown;
    }

    /** The partitions of this instance that it stops. */
    private List<String> partitions(PauseTarget target) {
        return loop.status().partitions().stream()
                .filter(partition -> PausesInForce.concerns(
                        target,
                        new SourcePartition(partition.topic(), partition.partition()),
                        route -> names(partition.topic()).contains(route)))
                .map(ShownPauses::name)
                .toList();
    }

    /** Routes that read a topic of this one: records of it stop for them, too. */
    private List<String> alsoStopped(String route) {
        TreeSet<String> others = new TreeSet<>();
        routes.current().topics().keySet().stream()
                .map(this::names)
                .filter(names -> names.contains(route))
                .forEach(others::addAll);
        loop.status().partitions().stream()
                .map(partition -> names(partition.topic()))
                .filter(names -> names.contains(route))
                .forEach(others::addAll);
        others.remove(route);
        return List.copyOf(others);
    }

    private List<String> names(String topic) {
        return routes.current().of(topic).stream().map(Route::name).toList();
    }

    private static String name(PartitionStatus partition) {
        return partition.topic() + "-" + partition.partition();
    }
}
