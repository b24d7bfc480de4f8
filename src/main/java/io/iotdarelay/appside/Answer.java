package io.iotdarelay.appside;

import java.time.Duration;
import java.util.Optional;

/**
 * What the application side answers, or that it does not. One class for each kind, by what it is about; what follows is decided
 * elsewhere.
 *
 * @param <T> what was asked for
 */
public sealed interface Answer<T> {

    /** As in the metrics' label {@code outcome}. */
    default String code() {
        return switch (this) {
            case Found<T> ignored -> "found";
            case Absent<T> ignored -> "absent";
            case Exists<T> ignored -> "exists";
            case Refused<T> ignored -> "refused";
            case Throttled<T> ignored -> "throttled";
            case Misconfigured<T> ignored -> "misconfigured";
            case Unreachable<T> ignored -> "unreachable";
            case Withheld<T> ignored -> "withheld";
        };
    }

    /** A short readable explanation, without secrets. */
    default String describe() {
        return switch (this) {
            case Found<T> ignored -> code();
            case Absent<T> absent -> absent.said().describe();
            case Exists<T> exists -> exists.said().describe();
            case Refused<T> refused -> refused.said().describe();
            case Throttled<T> throttled -> throttled.said().describe();
            case Misconfigured<T> misconfigured -> misconfigured.why();
            case Unreachable<T> unreachable -> unreachable.why();
            case Withheld<T> withheld -> withheld.why();
        };
    }

    /**
     * What the platform said when it did not do what it was asked for.
     *
     * @param status the HTTP status
     * @param errorCode its {@code error_code}, if there was one
     * @param message its own words: one line, cut, and without the keys and secrets of the request
     */
    record Said(int status, Optional<String> errorCode, String message) {

        public String describe() {
            return "HTTP " + status
                    + errorCode.map(code -> " " + code).orElse("")
                    + (message.isEmpty() ? "" : ": " + message);
        }
    }

    /** Here it is: what was asked for, or has just been made. */
    record Found<T>(T value) implements Answer<T> {}

    /** The platform itself says that it does not have it. */
    record Absent<T>(Said said) implements Answer<T> {}

    /** A device that should be created is there already, perhaps made by the same request before: ask for it and compare. */
    record Exists<T>(Said said) implements Answer<T> {}

    /** The platform refuses this request, and will do so again. Others are not concerned. */
    record Refused<T>(Said said) implements Answer<T> {}

    /**
     * Too many calls. They have been slowed down.
     *
     * @param retryAfter how long the platform asks to wait
     */
    record Throttled<T>(Said said, Optional<Duration> retryAfter) implements Answer<T> {}

    /**
     * Only another configuration, here or there, helps: the access key, its rights, the signature, the clock, the address, the resource
     * space, a certificate, a proxy. It never says anything about a device.
     *
     * @param concernsAll whether no other call would succeed either; otherwise calls of this kind would not
     */
    record Misconfigured<T>(String why, boolean concernsAll) implements Answer<T> {}

    /**
     * There was no answer, or one that says that the application side is failing.
     *
     * @param mayHaveArrived whether the request was sent: what it asks for may have been done
     */
    record Unreachable<T>(String why, boolean mayHaveArrived) implements Answer<T> {}

    /** The request was not sent: the breaker is open, too many calls wait for their turn, or the relay is being stopped. */
    record Withheld<T>(String why) implements Answer<T> {}
}
