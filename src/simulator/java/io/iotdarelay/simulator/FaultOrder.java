package io.iotdarelay.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

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
        return new FaultOrder(
                words, when(words), fault(words), Long.parseLong(words.getOrDefault("times", "" + Long.MAX_VALUE)));
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
            when = when.and(Faults.api(Api.valueOf(api.toUpperCase(Locale.ROOT))));
        }
        String device = words.get("device");
        return device == null ? when : when.and(Faults.device(device));
    }

    private static Fault fault(Map<String, String> words) {
        return switch (words.getOrDefault("fault", "")) {
            case "delay" -> {
                Duration least = Durations.parse(words.getOrDefault("delay", "1s"));
                yield new Fault.Delay(least, Durations.parse(words.getOrDefault("most", least.toMillis() + "ms")));
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
        int status = Integer.parseInt(words.getOrDefault("status", "503"));
        String code = words.get("code");
        Reply reply = code == null ? Reply.html(status) : Reply.error(status, code, words.getOrDefault("message", ""));
        String retryAfter = words.get("retry-after");
        return retryAfter == null ? reply : reply.with("Retry-After", retryAfter);
    }

    private static double perSecond(Map<String, String> words) {
        return Double.parseDouble(words.getOrDefault("per-second", "1"));
    }
}
