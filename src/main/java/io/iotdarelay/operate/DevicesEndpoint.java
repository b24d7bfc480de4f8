package io.iotdarelay.operate;

import io.iotdarelay.auth.TokenAge;
import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.DeviceActivity;
import io.iotdarelay.delivery.LastRequest;
import io.iotdarelay.delivery.Probe;
import io.iotdarelay.delivery.RecentByDevice;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.explain.Explanation;
import io.iotdarelay.explain.Facts;
import io.iotdarelay.group.Group;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.source.PartitionStatus;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Devices: {@code GET /actuator/devices/ID} explains why one is delivered, or is not; {@code POST} has it tried again; {@code GET
 * /actuator/devices?state=...} lists some of them. Reading changes nothing: the platform is not asked, and nothing is sent.
 */
@Endpoint(id = DevicesEndpoint.ID)
final class DevicesEndpoint {

    static final String ID = "devices";

    private static final int MOST = 1_000;
    private static final int USUAL = 100;
    /** An event loop that does not answer for so long is stuck, and liveness says so. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** An authentication may wait for the platform. */
    private static final Duration PROBE = Duration.ofSeconds(15);

    /** So long another instance's probe is waited for. */
    private static final Duration PROBE_ELSEWHERE = Duration.ofSeconds(5);

    /** What every instance does with what it has. */
    private static final Set<String> EVERYWHERE = Set.of("lift-quarantine", "drop-token");

    private static final int OK = 200;
    private static final int NOT_HERE = 409;

    private final Delivery delivery;
    private final DeviceDirectory directory;
    private final PollLoop loop;
    private final RecentByDevice<List<RecentRejection>> rejections;
    private final Others others;
    private final Scheduler desk;

    /**
     * Looks at these.
     *
     * @param others who is asked, too
     * @param desk where answers are made: not on an event loop
     */
    DevicesEndpoint(
            Delivery delivery,
            DeviceDirectory directory,
            PollLoop loop,
            RecentByDevice<List<RecentRejection>> rejections,
            Others others,
            Scheduler desk) {
        this.delivery = delivery;
        this.directory = directory;
        this.loop = loop;
        this.rejections = rejections;
        this.others = others;
        this.desk = desk;
    }

    @ReadOperation
    Mono<WebEndpointResponse<Object>> devices(@Nullable String state, @Nullable String after, @Nullable Integer limit) {
        int most = limit == null ? USUAL : limit;
        if (most < 1 || most > MOST) {
            return Mono.just(wrong(400, "limit is from 1 to " + MOST));
        }
        return Mono.zip(
                page(state, after == null ? "" : after, most),
                others.ask(),
                (own, answers) -> DeviceAnswers.page(own, answers, most));
    }

    private Mono<WebEndpointResponse<Object>> page(@Nullable String state, String begin, int most) {
        return switch (state == null ? "" : state.toLowerCase(Locale.ROOT)) {
            case "quarantined" ->
                Mono.fromSupplier(() -> page(
                                "quarantined",
                                delivery.quarantined(begin, most).stream()
                                        .map(QuarantineEndpoint::show)
                                        .toList(),
                                most))
                        .subscribeOn(desk);
            case "waiting" ->
                orSilent(within(PATIENCE, () -> delivery.waiting(begin, most))
                        .map(found -> page(
                                "waiting",
                                found.stream().map(DevicesEndpoint::named).toList(),
                                most)));
            case "unknown" ->
                Mono.fromSupplier(() -> page("unknown", unknown(begin, most), most))
                        .subscribeOn(desk);
            default -> Mono.just(wrong(400, "state is quarantined, waiting or unknown"));
        };
    }

    /** Devices whose last dead letter says that nobody knows them, and that the directory still does not know. */
    private List<Map<String, Object>> unknown(String after, int most) {
        return rejections
                .all()
                .filter(found -> found.value().getFirst().reason() == RejectionReason.UNKNOWN_DEVICE)
                .filter(found -> found.device().value().compareTo(after) > 0)
                .filter(found -> directory.find(found.device()).isEmpty())
                .sorted((one, other) -> one.device().compareTo(other.device()))
                .limit(most)
                .map(found -> {
                    Map<String, Object> shown = named(found.device());
                    shown.put("lastDeadLetter", letter(found.value().getFirst()));
                    return shown;
                })
                .toList();
    }

    private static WebEndpointResponse<Object> page(String state, List<Map<String, Object>> devices, int most) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("state", state);
        shown.put("devices", devices);
        if (devices.size() == most) {
            shown.put("next", String.valueOf(devices.getLast().get("deviceId")));
        }
        return new WebEndpointResponse<>(shown);
    }

    private static Map<String, Object> named(DeviceId device) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("deviceId", device.value());
        return shown;
    }

    @ReadOperation
    Mono<WebEndpointResponse<Object>> device(@Selector String id) {
        return DeviceId.isValid(id)
                ? Mono.zip(
                        orSilent(facts(new DeviceId(id)).map(facts -> new WebEndpointResponse<>(show(facts)))),
                        others.ask(),
                        (own, answers) -> DeviceAnswers.one(own, answers, others.self()))
                : Mono.just(wrong(400, "a device ID has 1 to 128 letters, digits, '_' or '-'"));
    }

    @WriteOperation
    Mono<WebEndpointResponse<Object>> act(@Selector String id, String action) {
        if (!DeviceId.isValid(id)) {
            return Mono.just(wrong(400, "a device ID has 1 to 128 letters, digits, '_' or '-'"));
        }
        DeviceId device = new DeviceId(id);
        Optional<DirectoryEntry> entry = directory.find(device);
        if (entry.isEmpty()) {
            return Mono.just(wrong(404, "the directory does not know the device"));
        }
        DeviceId sender = entry.map(DirectoryEntry::gateway).orElse(device);
        Map<String, String> body = Map.of("action", action);
        if (action.equals("probe")) {
            // One instance has the device: a probe that was made here needs no other.
            return act(sender, action)
                    .flatMap(own -> own.getStatus() == NOT_HERE
                            ? others.tell(body, PROBE_ELSEWHERE, answer -> answer.status() == OK)
                                    .map(answers -> DeviceAnswers.done(own, answers, others.self()))
                            : Mono.just(own));
        }
        if (!EVERYWHERE.contains(action)) {
            return act(sender, action);
        }
        return Mono.zip(
                act(sender, action),
                others.tell(body, Group.PATIENCE, answer -> false),
                (own, answers) -> DeviceAnswers.done(own, answers, others.self()));
    }

    private Mono<WebEndpointResponse<Object>> act(DeviceId sender, String action) {
        return switch (action) {
            case "probe" ->
                within(PROBE, () -> delivery.probe(sender))
                        .map(result -> result == Probe.NOT_HERE
                                ? wrong(
                                        NOT_HERE,
                                        "this instance has no record of it: another one may, or none has come")
                                : done(sender, result.code()))
                        .onErrorReturn(
                                TimeoutException.class,
                                wrong(504, "the platform did not answer within " + PROBE.toSeconds() + " s"));
            case "lift-quarantine" ->
                orSilent(within(PATIENCE, () -> delivery.lift(sender))
                        .map(lifted -> lifted ? done(sender, "lifted") : wrong(409, "it is not set aside here")));
            case "drop-token" ->
                orSilent(within(PATIENCE, () -> delivery.dropToken(sender))
                        .map(dropped -> dropped ? done(sender, "dropped") : wrong(409, "it has no token here")));
            default -> Mono.just(wrong(400, "action is probe, lift-quarantine or drop-token"));
        };
    }

    private <T> Mono<T> within(Duration patience, Supplier<CompletableFuture<T>> task) {
        return Mono.fromFuture(task).timeout(patience, desk).publishOn(desk);
    }

    /** What is asked of an event loop is done by it once it turns again, whoever still waits for it. */
    static Mono<WebEndpointResponse<Object>> orSilent(Mono<WebEndpointResponse<Object>> answer) {
        return answer.onErrorReturn(
                TimeoutException.class,
                wrong(503, "the event loop does not answer; what was ordered may still happen"));
    }

    private static WebEndpointResponse<Object> done(DeviceId sender, String state) {
        return new WebEndpointResponse<>(Map.of("state", state, "sender", sender.value()));
    }

    private static WebEndpointResponse<Object> wrong(int status, String why) {
        return new WebEndpointResponse<>(Map.of("error", why), status);
    }

    private Mono<Facts> facts(DeviceId device) {
        Optional<DirectoryEntry> entry = directory.find(device);
        DeviceId sender = entry.map(DirectoryEntry::gateway).orElse(device);
        return within(PATIENCE, () -> delivery.look(sender)).map(activity -> facts(device, entry, sender, activity));
    }

    private Facts facts(DeviceId device, Optional<DirectoryEntry> entry, DeviceId sender, DeviceActivity activity) {
        List<PartitionStatus> partitions = loop.status().partitions();
        List<Whereabouts> holding = partitions.stream()
                .flatMap(partition -> partition.oldest().stream())
                .filter(oldest -> device.equals(oldest.device()))
                .toList();
        return new Facts(
                device,
                directory.isLoaded(),
                entry,
                directory.sourceOf(device),
                sender.equals(device) ? Optional.empty() : directory.find(sender),
                activity,
                holding,
                rejections.get(device).orElse(List.of()),
                delivery.obstacle().map(Obstacle::detail),
                !partitions.isEmpty());
    }

    private static Map<String, Object> show(Facts facts) {
        Explanation explanation = Explanation.of(facts);
        DeviceActivity activity = facts.activity();
        Map<String, Object> shown = named(facts.device());
        shown.put("state", explanation.state().code());
        shown.put("explanation", explanation.sentences());
        shown.put("runbook", "docs/operations.md#" + explanation.runbook());
        shown.put("directory", directory(facts));
        Map<String, Object> lane = new LinkedHashMap<>();
        lane.put("sender", facts.sender().value());
        lane.put("waiting", activity.waiting());
        lane.put("inFlight", activity.inFlight());
        activity.oldest().ifPresent(oldest -> lane.put("oldest", held(oldest)));
        activity.nextAttempt().ifPresent(at -> lane.put("nextAttempt", at));
        shown.put("lane", lane);
        activity.token().ifPresent(token -> shown.put("token", token(token)));
        activity.last().ifPresent(last -> {
            shown.put("lastRequest", request(last));
            if (last.succeeded() != null) {
                shown.put("lastSuccess", last.succeeded());
            }
        });
        activity.quarantine().ifPresent(aside -> shown.put("quarantine", QuarantineEndpoint.show(aside)));
        shown.put("holdsUp", facts.holding().stream().map(DevicesEndpoint::held).toList());
        shown.put(
                "deadLetters",
                facts.rejections().stream().map(DevicesEndpoint::letter).toList());
        return shown;
    }

    private static Map<String, Object> directory(Facts facts) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("loaded", facts.isLoaded());
        shown.put("known", facts.entry().isPresent());
        facts.entry().ifPresent(entry -> {
            shown.put("source", facts.source());
            shown.put("hasSecret", entry.secret() != null);
            Stream.of(
                            Optional.ofNullable(entry.gateway()).map(gateway -> Map.entry("gateway", gateway.value())),
                            Optional.ofNullable(entry.product()).map(product -> Map.entry("product", product)),
                            Optional.ofNullable(entry.group()).map(group -> Map.entry("group", group)),
                            Optional.ofNullable(entry.node()).map(node -> Map.entry("node", node.value())),
                            Optional.ofNullable(entry.barrier())
                                    .map(barrier -> Map.entry("barrier", barrier.meaning())))
                    .flatMap(Optional::stream)
                    .forEach(each -> shown.put(each.getKey(), each.getValue()));
        });
        return shown;
    }

    private static Map<String, Object> held(Whereabouts held) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("record", held.position().toString());
        if (held.device() != null) {
            shown.put("deviceId", held.device().value());
        }
        shown.put("waitsFor", held.waitsFor());
        shown.put("detail", held.detail());
        return shown;
    }

    private static Map<String, Object> token(TokenAge token) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("ageSeconds", token.age().toSeconds());
        shown.put("leftSeconds", token.left().toSeconds());
        return shown;
    }

    private static Map<String, Object> request(LastRequest last) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kind", last.kind().name().toLowerCase(Locale.ROOT));
        shown.put("at", last.at());
        shown.put("outcome", last.outcome());
        if (last.status() != 0) {
            shown.put("status", last.status());
        }
        if (last.errorCode() != null) {
            shown.put("errorCode", last.errorCode());
        }
        return shown;
    }

    private static Map<String, Object> letter(RecentRejection letter) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("at", letter.at());
        shown.put("record", letter.position().toString());
        shown.put("route", letter.route());
        shown.put("reason", letter.reason().code());
        shown.put("detail", letter.detail());
        if (letter.errorCode() != null) {
            shown.put("errorCode", letter.errorCode());
        }
        return shown;
    }
}
