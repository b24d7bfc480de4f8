package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.DeliveryStatus;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.metrics.RecordMeters.Totals;
import io.iotdarelay.pauses.OperatorPause;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.readback.ReadBackStatus;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.settle.RouteStatus;
import io.iotdarelay.source.PartitionStatus;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** {@code GET /actuator/relay}: is it flowing, and where is it stuck, and why? Of the whole group, or of the instance that is asked. */
@Endpoint(id = "relay")
final class RelayEndpoint {

    /** One cause has many effects: the first of them are enough. */
    private static final int MOST_STUCK = 20;

    private final PollLoop loop;
    private final Delivery delivery;
    private final DeviceDirectory directory;
    private final DeadLetterTopics deadLetters;
    private final DeadLetterBudget budget;
    private final PausesInForce pauses;
    private final RecordMeters meters;
    private final RecordRates rates;
    private final Supplier<Map<String, ReadBackStatus.Route>> seen;
    private final Map<String, Object> instance;
    private final Others others;
    private final Scheduler desk;

    /**
     * Looks at these.
     *
     * @param seen which routes' reports were seen on the platform, where that is looked for
     * @param instance what never changes: its name, its version, since when it runs
     * @param others who is asked, too
     */
    RelayEndpoint(
            PollLoop loop,
            Delivery delivery,
            DeviceDirectory directory,
            DeadLetterTopics deadLetters,
            DeadLetterBudget budget,
            PausesInForce pauses,
            RecordMeters meters,
            RecordRates rates,
            Supplier<Map<String, ReadBackStatus.Route>> seen,
            Map<String, Object> instance,
            Others others,
            Scheduler desk) {
        this.loop = loop;
        this.delivery = delivery;
        this.directory = directory;
        this.deadLetters = deadLetters;
        this.budget = budget;
        this.pauses = pauses;
        this.meters = meters;
        this.rates = rates;
        this.seen = seen;
        this.instance = Map.copyOf(instance);
        this.others = others;
        this.desk = desk;
    }

    @ReadOperation
    Mono<Map<String, Object>> relay() {
        return Mono.zip(Mono.fromSupplier(this::look).subscribeOn(desk), others.ask(), WholeGroup::relay);
    }

    private Map<String, Object> look() {
        SourceStatus source = loop.status();
        List<Map<String, Object>> stuck = stuck(source);
        List<OperatorPause> paused = pauses.list();
        Map<String, Double> delivered = rates.perSecond(Totals::delivered);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("instance", new TreeMap<>(instance));
        shown.put("state", state(stuck, paused, delivered));
        shown.put("stuck", stuck);
        shown.put("pauses", paused.stream().map(OperatorPause::describe).toList());
        shown.put("routes", routes(delivered));
        shown.put(
                "partitions",
                source.partitions().stream().map(RelayEndpoint::partition).toList());
        shown.put("delivery", delivery());
        shown.put("deadLetters", deadLetters());
        Map<String, Object> devices = new LinkedHashMap<>();
        devices.put("directory", directory.status().devices());
        devices.put("quarantined", delivery.quarantinedCount());
        devices.put("tokens", delivery.tokens());
        shown.put("devices", devices);
        return shown;
    }

    private static String state(
            List<Map<String, Object>> stuck, List<OperatorPause> paused, Map<String, Double> delivered) {
        if (!stuck.isEmpty()) {
            return "stuck";
        }
        if (!paused.isEmpty()) {
            return "paused";
        }
        return delivered.values().stream().anyMatch(rate -> rate > 0) ? "flowing" : "idle";
    }

    /** What keeps records from being delivered, the cause before its effects. */
    private List<Map<String, Object>> stuck(SourceStatus source) {
        List<Map<String, Object>> stuck = new ArrayList<>();
        if (!directory.isLoaded()) {
            stuck.add(place("directory", "the device directory has not been read", "iotdarelaydirectoryunreadable"));
        }
        if (!source.joined()) {
            stuck.add(place(
                    "source", source.trouble().orElse("the group has not been joined"), "iotdarelayreadsnothing"));
        }
        Optional<Obstacle> obstacle = delivery.obstacle();
        obstacle.ifPresent(why -> stuck.add(place(
                "platform",
                why.detail(),
                why.misconfigured() ? "iotdarelayconfigurationerror" : "iotdarelaybreakeropen")));
        deadLetters
                .status()
                .forEach(topic -> topic.trouble()
                        .ifPresent(why -> stuck.add(place("dead letters", why, "iotdarelaydeadletternotwritable"))));
        budget.status().forEach((route, status) -> {
            if (!(status instanceof RouteStatus.Culprits)) {
                stuck.add(place("route " + route, status.detail(), "iotdarelayroutestopped"));
            }
        });
        source.partitions().stream()
                .filter(PartitionStatus::isStagnant)
                .limit(MOST_STUCK)
                .forEach(partition -> stuck.add(place(
                        "partition " + partition.topic() + "-" + partition.partition(),
                        partition
                                .obstacle()
                                .or(() -> partition
                                        .oldest()
                                        .map(oldest -> "record " + oldest.position() + " waits for " + oldest.detail()))
                                .orElse("it makes no progress"),
                        partition.openTransaction().isPresent()
                                ? "iotdarelayopentransaction"
                                : "iotdarelaypartitionstagnant")));
        return stuck;
    }

    private static Map<String, Object> place(String where, String why, String runbook) {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("where", where);
        place.put("why", why);
        place.put("runbook", "docs/operations.md#" + runbook);
        return place;
    }

    private Map<String, Object> routes(Map<String, Double> delivered) {
        Map<String, Double> begun = rates.perSecond(Totals::begun);
        Map<String, Double> rejected = rates.perSecond(Totals::rejected);
        Map<String, ReadBackStatus.Route> proofs = seen.get();
        Map<String, Object> routes = new LinkedHashMap<>();
        meters.totals().forEach((name, totals) -> {
            Map<String, Object> route = new LinkedHashMap<>();
            route.put("perSecond", begun.getOrDefault(name, 0.0));
            route.put("deliveredPerSecond", delivered.getOrDefault(name, 0.0));
            route.put("rejectedPerSecond", rejected.getOrDefault(name, 0.0));
            route.put("begun", totals.begun());
            route.put("delivered", totals.delivered());
            route.put("skipped", totals.skipped());
            route.put("rejected", totals.rejectedBy());
            Optional.ofNullable(proofs.get(name))
                    .ifPresent(proof -> route.put("seenOnPlatform", ReadBackHealthIndicator.describe(proof)));
            routes.put(name, route);
        });
        return routes;
    }

    private static Map<String, Object> partition(PartitionStatus partition) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("partition", partition.topic() + "-" + partition.partition());
        partition.committed().ifPresent(offset -> shown.put("committed", offset));
        partition.lag().ifPresent(lag -> shown.put("lag", lag));
        shown.put("inFlight", partition.inFlight());
        shown.put("oldestUnfinishedSeconds", partition.oldestUnfinished().toSeconds());
        shown.put("stalledSeconds", partition.stalled().toSeconds());
        partition.oldest().ifPresent(oldest -> {
            shown.put("oldest", oldest.position().offset());
            if (oldest.device() != null) {
                shown.put("deviceId", oldest.device().value());
            }
            shown.put("waitsFor", oldest.waitsFor());
            shown.put("detail", oldest.detail());
        });
        partition.pause().ifPresent(pause -> {
            shown.put("paused", pause.reason().code());
            shown.put("pausedBecause", pause.detail());
        });
        return shown;
    }

    private Map<String, Object> delivery() {
        DeliveryStatus status = delivery.status();
        Map<String, Object> breakers = new TreeMap<>();
        status.breakers().forEach(breaker -> breakers.put(breaker.name(), breaker.state()));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("breakers", breakers);
        shown.put("requestsInFlight", status.requestsInFlight());
        shown.put("requestsLimit", status.requestsLimit());
        shown.put("messagesPerSecond", status.messagesPerSecond());
        return shown;
    }

    private Map<String, Object> deadLetters() {
        Map<String, Long> reasons = new TreeMap<>();
        meters.totals()
                .values()
                .forEach(totals ->
                        totals.rejectedBy().forEach((reason, count) -> reasons.merge(reason, count, Long::sum)));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("byReason", reasons);
        shown.put(
                "topics",
                deadLetters.status().stream().map(RelayEndpoint::topic).toList());
        return shown;
    }

    private static Map<String, Object> topic(DeadLetterStatus status) {
        Map<String, Object> topic = new LinkedHashMap<>();
        topic.put("topic", status.topic());
        topic.put("written", status.written());
        topic.put("unwritten", status.unwritten());
        status.trouble().ifPresent(why -> topic.put("trouble", why));
        return topic;
    }
}
