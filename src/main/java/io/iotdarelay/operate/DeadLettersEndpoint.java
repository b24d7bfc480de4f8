package io.iotdarelay.operate;

import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.pipeline.Preview;
import io.iotdarelay.redrive.Letter;
import io.iotdarelay.redrive.LetterFilter;
import io.iotdarelay.redrive.RedriveOrder;
import io.iotdarelay.redrive.RedriveProperties;
import io.iotdarelay.redrive.Redriver;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Dead letters: {@code GET /actuator/deadletters} lists them, {@code GET /actuator/deadletters/POSITION} shows one whole beside what it would
 * become today, {@code POST /actuator/deadletters/redrive} sends some again, first as a dry run, and {@code GET /actuator/deadletters/redrives}
 * tells how far that is.
 */
@Endpoint(id = DeadLettersEndpoint.ID)
final class DeadLettersEndpoint {

    static final String ID = "deadletters";

    private static final int MOST = 500;
    private static final int USUAL = 50;
    private static final int LONGEST_VALUE = 64 * 1024;
    private static final int LONGEST_HEADER = 8 * 1024;
    /** Others may ask before, and each waits for Kafka. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** So long another instance may take to begin: it notes that in Kafka. */
    private static final Duration START_ELSEWHERE = Duration.ofSeconds(5);

    private static final String REDRIVES = "redrives";
    private static final String POSITION = "TOPIC-PARTITION-OFFSET";
    private static final Pattern AT = Pattern.compile("(.{1,249})-(\\d{1,9})-(\\d{1,18})", Pattern.DOTALL);
    private static final Pattern CURSOR = Pattern.compile("(.{1,249}-\\d{1,9}):(\\d{1,18})", Pattern.DOTALL);

    private final Redriver redriver;
    private final RedriveProperties properties;
    private final DataSize maxRequestSize;
    private final Supplier<String> ids;
    private final Others others;
    private final Scheduler desk;

    /**
     * Dead letters of this relay.
     *
     * @param maxRequestSize how large a request to the platform may be
     * @param ids of new redrives
     * @param others who sends the letters of its own partitions
     * @param desk where answers are made
     */
    DeadLettersEndpoint(
            Redriver redriver,
            RedriveProperties properties,
            DataSize maxRequestSize,
            Supplier<String> ids,
            Others others,
            Scheduler desk) {
        this.redriver = redriver;
        this.properties = properties;
        this.maxRequestSize = maxRequestSize;
        this.ids = ids;
        this.others = others;
        this.desk = desk;
    }

    @ReadOperation
    Mono<WebEndpointResponse<Object>> letters(
            @Nullable String reason,
            @Nullable String route,
            @Nullable String device,
            @Nullable String from,
            @Nullable String to,
            @Nullable String before,
            @Nullable Integer limit) {
        int most = limit == null ? USUAL : limit;
        if (most < 1 || most > MOST) {
            return Mono.just(wrong(400, "limit is from 1 to " + MOST));
        }
        LetterFilter filter;
        Map<String, Long> cursor;
        try {
            filter = filter(reason, route, device, from, to, null);
            cursor = cursor(before);
        } catch (IllegalArgumentException e) {
            return Mono.just(wrong(400, String.valueOf(e.getMessage())));
        }
        return orBusy(answer(() -> redriver.newest(filter, cursor, most), PATIENCE)
                .map(found -> switch (found) {
                    case Redriver.Found.Letters page -> new WebEndpointResponse<>(page(page));
                    case Redriver.Found.Unreadable no -> wrong(503, "the dead letters cannot be read: " + no.why());
                }));
    }

    private static Map<String, Object> page(Redriver.Found.Letters page) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put(
                "letters",
                page.letters().stream().map(DeadLettersEndpoint::brief).toList());
        shown.put("scanned", page.scanned());
        shown.put("more", !page.next().isEmpty());
        if (!page.next().isEmpty()) {
            shown.put(
                    "before",
                    page.next().entrySet().stream()
                            .map(entry -> entry.getKey() + ":" + entry.getValue())
                            .collect(Collectors.joining(",")));
        }
        return shown;
    }

    private static Map<String, Object> brief(Letter letter) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("position", letter.position().toString());
        shown.put("at", letter.at());
        letter.reason().ifPresent(reason -> shown.put("reason", reason));
        letter.text("detail").ifPresent(detail -> shown.put("detail", clip(detail, LONGEST_HEADER)));
        letter.route().ifPresent(route -> shown.put("route", route));
        letter.device().ifPresent(device -> shown.put("deviceId", device));
        letter.text("http-status").ifPresent(status -> shown.put("httpStatus", status));
        letter.text("error-code").ifPresent(code -> shown.put("errorCode", code));
        letter.origin().ifPresent(origin -> shown.put("origin", origin.toString()));
        letter.group().ifPresent(group -> shown.put("consumerGroup", group));
        shown.put("originalTime", letter.originalTime());
        shown.put(REDRIVES, letter.redrives());
        shown.put("size", letter.size());
        return shown;
    }

    @ReadOperation
    Mono<WebEndpointResponse<Object>> letter(@Selector String id) {
        if (id.equals(REDRIVES)) {
            Mono<List<Map<String, Object>>> ours = redrives()
                    .map(all -> all.stream().map(DeadLettersEndpoint::shown).toList());
            return Mono.zip(
                    ours, others.ask(), (own, answers) -> new WebEndpointResponse<>(RedriveAnswers.all(own, answers)));
        }
        Optional<RecordPosition> position = position(id);
        if (position.isEmpty()) {
            return Mono.just(wrong(400, "a dead letter is named " + POSITION));
        }
        return orBusy(answer(() -> redriver.one(position.get()), PATIENCE).flatMap(found -> switch (found) {
            case Redriver.Found.Letters page ->
                page.letters().isEmpty()
                        ? Mono.just(wrong(404, "there is no dead letter at " + position.get()))
                        : whole(page.letters().getFirst());
            case Redriver.Found.Unreadable no -> Mono.just(wrong(503, "the dead letters cannot be read: " + no.why()));
        }));
    }

    @ReadOperation
    Mono<WebEndpointResponse<Object>> redrive(@Selector String what, @Selector String id) {
        if (!what.equals(REDRIVES)) {
            return Mono.just(wrong(404, "there is nothing here"));
        }
        Optional<Redriver.Progress> ours = redriver.progress(id);
        if (ours.isPresent()) {
            return Mono.just(new WebEndpointResponse<>(shown(ours.get())));
        }
        Mono<WebEndpointResponse<Object>> noted = redrives()
                .map(all -> all.stream()
                        .filter(found -> found.id().equals(id))
                        .findFirst()
                        .<WebEndpointResponse<Object>>map(found -> new WebEndpointResponse<>(shown(found)))
                        .orElseGet(() -> wrong(404, "this instance has no such redrive, or has forgotten it")));
        return Mono.zip(noted, others.ask(), RedriveAnswers::one);
    }

    /** Those of this instance in any case. */
    private Mono<List<Redriver.Progress>> redrives() {
        return answer(redriver::progressOfAll, PATIENCE).onErrorResume(e -> Mono.fromSupplier(redriver::progress));
    }

    private Mono<WebEndpointResponse<Object>> whole(Letter letter) {
        Map<String, Object> shown = brief(letter);
        shown.put("headers", headers(letter.record().headers()));
        shown.put("key", content(letter.record().key(), LONGEST_VALUE));
        shown.put("value", content(letter.record().value(), LONGEST_VALUE));
        return answer(() -> redriver.today(letter), PATIENCE)
                .map(this::today)
                .onErrorResume(e -> Mono.just(Map.of("unknown", "the relay does not map records at the moment")))
                .map(today -> {
                    shown.put("today", today);
                    return new WebEndpointResponse<>(shown);
                });
    }

    private Map<String, Object> today(Preview.Outcome outcome) {
        Map<String, Object> shown = new LinkedHashMap<>();
        switch (outcome) {
            case Preview.Outcome.Mapped mapped -> {
                shown.put(
                        "requests",
                        PlannedRequest.of(mapped.reports(), maxRequestSize).stream()
                                .map(DeadLettersEndpoint::request)
                                .toList());
                mapped.rejection().ifPresent(rejection -> {
                    shown.put("rejected", rejection.reason().code());
                    shown.put("detail", rejection.detail());
                });
            }
            case Preview.Outcome.Skipped skipped -> shown.put("skipped", skipped.why());
            case Preview.Outcome.Postponed postponed -> shown.put("waitsFor", postponed.detail());
        }
        return shown;
    }

    private static Map<String, Object> request(PlannedRequest planned) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("method", planned.method());
        shown.put("path", planned.path());
        shown.put("sender", planned.sender().value());
        shown.put("body", content(planned.body(), LONGEST_VALUE));
        return shown;
    }

    private static List<Map<String, Object>> headers(List<RecordHeader> headers) {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (RecordHeader header : headers) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", header.name());
            each.put("value", content(header.value(), LONGEST_HEADER));
            shown.add(each);
        }
        return shown;
    }

    /** Text, or bytes that are none in base64; always as what it is, and clipped. */
    private static Map<String, Object> content(byte @Nullable [] bytes, int most) {
        Map<String, Object> shown = new LinkedHashMap<>();
        if (bytes == null) {
            shown.put("null", true);
            return shown;
        }
        shown.put("bytes", bytes.length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            shown.put("text", clip(text, most));
        } catch (CharacterCodingException e) {
            shown.put("base64", clip(Base64.getEncoder().encodeToString(bytes), most));
        }
        return shown;
    }

    private static String clip(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }

    /**
     * Sends dead letters again, or ends that.
     *
     * @param all has to be true to send letters without saying which
     */
    @WriteOperation
    Mono<WebEndpointResponse<Object>> act(
            @Selector String action,
            @Nullable String id,
            @Nullable Boolean all,
            @Nullable String reason,
            @Nullable String route,
            @Nullable String device,
            @Nullable String from,
            @Nullable String to,
            @Nullable String positions,
            @Nullable Boolean dryRun,
            @Nullable Boolean onlyIfNothingNewer,
            @Nullable Integer perSecond,
            @Nullable Integer most) {
        if (action.equals("cancel")) {
            WebEndpointResponse<Object> own = id != null && redriver.cancel(id)
                    ? new WebEndpointResponse<>(Map.of("state", "cancelled", "id", id))
                    : wrong(404, "no such redrive is running on this instance");
            return own.getStatus() == 404 && id != null ? everywhere(own, Map.of("id", id)) : Mono.just(own);
        }
        if (!action.equals("redrive")) {
            return Mono.just(wrong(404, "what is posted is redrive or cancel"));
        }
        if (id != null) {
            return Mono.just(wrong(400, "an order to redrive has no id; positions names single letters"));
        }
        RedriveOrder order;
        try {
            order = new RedriveOrder(
                    filter(reason, route, device, from, to, positions),
                    Boolean.TRUE.equals(onlyIfNothingNewer),
                    between("perSecond", perSecond, properties.perSecond(), properties.perSecond()),
                    between("most", most, RedriveOrder.USUAL, RedriveOrder.LARGEST));
        } catch (IllegalArgumentException e) {
            return Mono.just(wrong(400, String.valueOf(e.getMessage())));
        }
        if (!Boolean.FALSE.equals(dryRun)) {
            return orBusy(tryOut(order));
        }
        if (order.filter().isEmpty() && !Boolean.TRUE.equals(all)) {
            return Mono.just(wrong(400, "say which letters, or all: true"));
        }
        Map<String, Object> same = new LinkedHashMap<>();
        same.put("reason", reason);
        same.put("route", route);
        same.put("device", device);
        same.put("from", from);
        same.put("to", to);
        same.put("positions", positions);
        same.put("onlyIfNothingNewer", onlyIfNothingNewer);
        same.put("perSecond", perSecond);
        same.put("most", most);
        same.put("all", all);
        same.put("dryRun", false);
        same.values().removeIf(Objects::isNull);
        return orBusy(start(order)).flatMap(own -> own.getStatus() == 202 ? everywhere(own, same) : Mono.just(own));
    }

    /** Each instance sends the letters of its own partitions. */
    private Mono<WebEndpointResponse<Object>> everywhere(WebEndpointResponse<Object> own, Map<String, Object> order) {
        return others.tell(order, START_ELSEWHERE, answer -> false)
                .map(answers -> RedriveAnswers.begun(own, answers, others.self()));
    }

    private Mono<WebEndpointResponse<Object>> tryOut(RedriveOrder order) {
        return answer(() -> redriver.tryOut(order), PATIENCE.plus(Redriver.MOST_TRIAL_TIME))
                .map(tried -> switch (tried) {
                    case Redriver.Tried.Result result -> {
                        Map<String, Object> shown = new LinkedHashMap<>();
                        shown.put("dryRun", true);
                        shown.put("result", result.dryRun());
                        yield new WebEndpointResponse<>(shown);
                    }
                    case Redriver.Tried.Unreadable no -> wrong(503, "the dead letters cannot be read: " + no.why());
                });
    }

    private Mono<WebEndpointResponse<Object>> start(RedriveOrder order) {
        return answer(() -> redriver.start(order, ids.get()), PATIENCE).map(started -> switch (started) {
            case Redriver.Started.Running running ->
                new WebEndpointResponse<>(Map.of("dryRun", false, "id", running.id()), 202);
            case Redriver.Started.Busy busy -> wrong(409, "redrive " + busy.id() + " is running on this instance");
            case Redriver.Started.Unusable no -> wrong(503, "what is sent cannot be noted: " + no.why());
        });
    }

    private static Map<String, Object> shown(Redriver.Progress progress) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", progress.id());
        shown.put("state", progress.state());
        shown.put("begin", progress.begin());
        progress.end().ifPresent(end -> shown.put("end", end));
        shown.put("found", progress.found());
        shown.put("sent", progress.sent());
        shown.put("delivered", progress.delivered());
        shown.put("rejected", progress.rejected());
        shown.put("skipped", progress.skipped());
        shown.put("elsewhere", progress.elsewhere());
        shown.put("inFlight", progress.inFlight());
        shown.put("remaining", progress.remaining());
        progress.trouble().ifPresent(why -> shown.put("trouble", why));
        return shown;
    }

    private static int between(String name, @Nullable Integer given, int usual, int most) {
        int value = given == null ? Math.min(usual, most) : given;
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is from 1 to " + most);
        }
        return value;
    }

    private static LetterFilter filter(
            @Nullable String reason,
            @Nullable String route,
            @Nullable String device,
            @Nullable String from,
            @Nullable String to,
            @Nullable String positions) {
        return new LetterFilter(
                Optional.ofNullable(reason),
                Optional.ofNullable(route),
                Optional.ofNullable(device),
                time("from", from),
                time("to", to),
                positions(positions));
    }

    private static Optional<Instant> time(String name, @Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(name + " is a time such as 2026-12-01T03:00:00Z", e);
        }
    }

    private static Set<RecordPosition> positions(@Nullable String text) {
        Set<RecordPosition> positions = new HashSet<>();
        if (text != null) {
            for (String each : text.split(",", -1)) {
                positions.add(position(each.strip())
                        .orElseThrow(
                                () -> new IllegalArgumentException("positions are " + POSITION + ", with commas")));
            }
        }
        return positions;
    }

    private static Optional<RecordPosition> position(String text) {
        Matcher parts = AT.matcher(text);
        return parts.matches()
                ? Optional.of(new RecordPosition(
                        parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
                : Optional.empty();
    }

    private static Map<String, Long> cursor(@Nullable String text) {
        Map<String, Long> cursor = new HashMap<>();
        if (text != null && !text.isEmpty()) {
            for (String each : text.split(",", -1)) {
                Matcher parts = CURSOR.matcher(each);
                if (!parts.matches()) {
                    throw new IllegalArgumentException("before is what the page before said");
                }
                cursor.put(parts.group(1), Long.parseLong(parts.group(2)));
            }
        }
        return cursor;
    }

    private <T> Mono<T> answer(Supplier<CompletableFuture<T>> question, Duration patience) {
        return Mono.fromFuture(question).timeout(patience, desk).publishOn(desk);
    }

    private static Mono<WebEndpointResponse<Object>> orBusy(Mono<WebEndpointResponse<Object>> answer) {
        return answer.onErrorReturn(
                        RejectedExecutionException.class,
                        wrong(503, "too many others look at dead letters, or the relay is being stopped; try again"))
                .onErrorReturn(TimeoutException.class, wrong(503, "that took too long; nothing was begun"));
    }

    private static WebEndpointResponse<Object> wrong(int status, String why) {
        return new WebEndpointResponse<>(Map.of("error", why), status);
    }
}
