package io.iotdarelay.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A fault in words: what goes wrong, with which requests, and how often.
 *
 * <pre>{@code
 * fault=answer,status=503,api=CREATE_DEVICE,times=3
 * }</pre>
 *
 * @param words by their names, as they were given
 */
record FaultOrder(Map<String, String> words, Predicate<Faults.Call> when, Fault fault, long times) {

    private static final Set<String> NAMES = Set.of(
            "fault",
            "api",
            "side",
            "device",
            "times",
            "status",
            "code",
            "message",
            "retry-after",
            "delay",
            "most",
            "per-byte",
            "per-second");

    private static final Pattern TIMES = Pattern.compile("[1-9]\\d{0,17}");
    private static final Pattern STATUS = Pattern.compile("[2-5]\\d\\d");
    private static final Pattern RATE = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern HEADER = Pattern.compile("[ -~]+");

    FaultOrder {
        words = Map.copyOf(words);
    }

    /** Reads {@code name=value,name=value}. */
    static FaultOrder parse(String text) {
        Map<String, String> words = new HashMap<>();
        for (String word : text.split(",", -1)) {
            String[] parts = word.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("not understood: " + word);
            }
            words.put(parts[0], parts[1]);
        }
        return of(words);
    }

    static FaultOrder of(Map<String, String> words) {
        Set<String> unknown = new HashSet<>(words.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("not understood: " + unknown);
        }
        return new FaultOrder(words, when(words), fault(words), times(words));
    }

    private static Predicate<Faults.Call> when(Map<String, String> words) {
        Predicate<Faults.Call> when = switch (words.getOrDefault("side", "both")) {
            case "both" -> call -> true;
            case "device" -> Faults.devices();
            case "application" -> Faults.application();
            default -> throw new IllegalArgumentException("side is device or application");
        };
        String api = words.get("api");
        if (api != null) {
            when = when.and(Faults.api(api(api)));
        }
        String device = words.get("device");
        return device == null ? when : when.and(Faults.device(device));
    }

    private static Api api(String name) {
        return Arrays.stream(Api.values())
                .filter(each -> each != Api.UNKNOWN && each.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("api is no call that the ledger names: " + name));
    }

    private static long times(Map<String, String> words) {
        String times = words.get("times");
        if (times == null) {
            return Long.MAX_VALUE;
        }
        if (!TIMES.matcher(times).matches()) {
            throw new IllegalArgumentException("times is a number from 1 on: " + times);
        }
        return Long.parseLong(times);
    }

    private static Fault fault(Map<String, String> words) {
        return switch (words.getOrDefault("fault", "")) {
            case "delay" -> {
                Duration least = Durations.parse(words.getOrDefault("delay", "1s"));
                Duration most = words.containsKey("most") ? Durations.parse(words.get("most")) : least;
                if (most.compareTo(least) < 0) {
                    throw new IllegalArgumentException("most is less than delay, which is 1s unless it is given");
                }
                yield new Fault.Delay(least, most);
            }
            case "answer" -> new Fault.Answer(reply(words));
            case "silence" -> new Fault.Silence();
            case "reset" -> new Fault.Reset();
            case "lost-answer" -> new Fault.ResetAfterProcessing();
            case "slow-body" -> new Fault.SlowBody(Durations.parse(words.getOrDefault("per-byte", "10ms")));
            case "throttle" -> new Fault.Throttle(perSecond(words), false);
            case "drop-above" -> new Fault.DropAbove(perSecond(words));
            default ->
                throw new IllegalArgumentException(
                        "fault is delay, answer, silence, reset, lost-answer, slow-body," + " throttle or drop-above");
        };
    }

    private static Reply reply(Map<String, String> words) {
        String text = words.getOrDefault("status", "503");
        if (!STATUS.matcher(text).matches()) {
            throw new IllegalArgumentException("status is a number from 200 to 599: " + text);
        }
        int status = Integer.parseInt(text);
        String code = words.get("code");
        Reply reply = code == null ? Reply.html(status) : Reply.error(status, code, words.getOrDefault("message", ""));
        String retryAfter = words.get("retry-after");
        if (retryAfter != null && !HEADER.matcher(retryAfter).matches()) {
            throw new IllegalArgumentException("retry-after is no header's value");
        }
        return retryAfter == null ? reply : reply.with("Retry-After", retryAfter);
    }

    private static double perSecond(Map<String, String> words) {
        String rate = words.getOrDefault("per-second", "1");
        if (!RATE.matcher(rate).matches()) {
            throw new IllegalArgumentException("per-second is a number such as 5 or 0.5: " + rate);
        }
        return Double.parseDouble(rate);
    }
}
