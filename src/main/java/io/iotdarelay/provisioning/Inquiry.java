package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
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

    private final DeviceId device;
    private final String group;
    private final Kind begunAs;
    private volatile Kind kind;
    private volatile Optional<Provision> provision;
    private volatile long wanted;
    private volatile boolean isBeingCreated;
    private boolean isAsked;
    private int failures;
    private int postponed;
    private long othersThen = -1;

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

    /**
     * There was no answer. Returns how often that was so although there were answers for others in between.
     *
     * @param others how many answers there have been in all
     */
    int failed(long others) {
        if (others != othersThen) {
            othersThen = others;
            failures++;
        }
        return failures;
    }
}
