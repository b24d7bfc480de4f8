package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.time.Duration;
import java.util.Optional;

/** A question about a device that is open. Any thread may say that it wants the answer; the rest belongs to the lookups' thread. */
final class Inquiry {

    /** Why it is asked. */
    enum Kind {
        /** Records wait for it. */
        WANTED,
        /** It is a child that records find behind another gateway. */
        MOVE,
        /** The platform refused its credentials. */
        CHECK,
        /** It is known, and has been for long. */
        REFRESH
    }

    /** After so many failures in so long a time, in which others had so many times as many answers, it is the device's own trouble. */
    private static final int TIRED = 5;

    private static final Duration ALONE_FOR = Duration.ofMinutes(10);
    private static final int ANSWERS_PER_FAILURE = 9;

    private final DeviceId device;
    private final String group;
    private final Kind begunAs;
    private volatile Kind kind;
    private volatile Optional<Provision> provision;
    private volatile long wanted;
    private volatile boolean isBeingCreated;
    private boolean isAsked;
    private int postponed;
    private volatile long notBefore;
    private int failures;
    private long failingSince;
    private long answersThen;
    private long failuresThen;
    private long answersBefore = -1;

    /**
     * Nobody is asked yet.
     *
     * @param group with whom it takes turns
     */
    Inquiry(DeviceId device, Kind kind, String group, Optional<Provision> provision, long now) {
        this.device = device;
        this.group = group;
        this.begunAs = kind;
        this.kind = kind;
        this.provision = provision;
        this.wanted = now;
        this.notBefore = now;
    }

    DeviceId device() {
        return device;
    }

    String group() {
        return group;
    }

    Kind begunAs() {
        return begunAs;
    }

    Kind kind() {
        return kind;
    }

    Optional<Provision> provision() {
        return provision;
    }

    /** When somebody wanted the answer last, in nanoseconds. */
    long wanted() {
        return wanted;
    }

    boolean isBeingCreated() {
        return isBeingCreated;
    }

    /** Somebody wants the answer, and perhaps knows how to create the device. */
    void want(Optional<Provision> how, long now) {
        wanted = now;
        kind = kind == Kind.MOVE ? Kind.MOVE : Kind.WANTED;
        if (how.isPresent()
                && provision.filter(ProvisionRequest.class::isInstance).isEmpty()) {
            provision = how;
        }
    }

    /** Whether it has its turn; otherwise it waits for one. */
    boolean isAsked() {
        return isAsked;
    }

    void asked(boolean now) {
        isAsked = now;
    }

    void create(boolean now) {
        isBeingCreated = now;
    }

    /** It was put off. Returns how often that had been so before. */
    int postponed() {
        return postponed++;
    }

    /** From when on it may have its turn, in nanoseconds. */
    long notBefore() {
        return notBefore;
    }

    void notBefore(long time) {
        notBefore = time;
    }

    /** Whether others had answers since this was asked last. Not so the first time. */
    boolean isOvertaken(long answers) {
        boolean isOvertaken = answersBefore >= 0 && answers != answersBefore;
        answersBefore = answers;
        return isOvertaken;
    }

    /**
     * It was asked, and there was no answer. Returns whether that is its own trouble: again and again for a long time, in which
     * nearly all others had answers.
     *
     * @param answers how many answers there have been in all
     * @param unanswered how often there was none in all, with this time
     */
    boolean failed(long now, long answers, long unanswered) {
        if (failures == 0) {
            failingSince = now;
            answersThen = answers;
            failuresThen = unanswered - 1;
        }
        failures++;
        if (now - failingSince < ALONE_FOR.toNanos()) {
            return false;
        }
        long others = unanswered - failuresThen - failures;
        boolean isAlone = failures >= TIRED && answers - answersThen >= ANSWERS_PER_FAILURE * Math.max(1, others);
        failures = 0;
        return isAlone;
    }
}
