package io.iotdarelay.explain;

import io.iotdarelay.delivery.DeviceActivity;
import io.iotdarelay.delivery.LastRequest;
import io.iotdarelay.delivery.QuarantinedDevice;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Why a device is delivered, or is not.
 *
 * @param sentences from what is seen to its cause, and to what helps
 * @param runbook the section of docs/operations.md about it
 */
public record Explanation(State state, List<String> sentences, String runbook) {

    /** In one word. */
    public enum State {
        /** It is set aside: its records become dead letters. */
        QUARANTINED("quarantined"),
        /** The directory does not know it, or not how it is to be reached. */
        UNKNOWN("unknown"),
        /** Reports of it wait, or are on their way. */
        WAITING("waiting"),
        /** Its last record became a dead letter. */
        REJECTED("rejected"),
        /** Its last report was accepted, and nothing waits. */
        DELIVERED("delivered"),
        /** This instance has had nothing to do with it lately. */
        SILENT("silent");

        private final String code;

        State(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    private static final String DEAD_LETTERS = "iotdarelaydeadletters";
    private static final String QUARANTINE = "quarantine";
    private static final String DIRECTORY = "iotdarelaydirectoryunreadable";
    private static final String BREAKER = "iotdarelaybreakeropen";
    private static final String STAGNANT = "iotdarelaypartitionstagnant";
    private static final String WHERE_TO_LOOK = "where-to-look";

    public Explanation {
        sentences = List.copyOf(sentences);
    }

    public static Explanation of(Facts facts) {
        List<String> sentences = new ArrayList<>();
        Verdict verdict = verdict(facts, sentences);
        facts.obstacle()
                .ifPresent(why -> sentences.add("Nothing is delivered for anybody at the moment: " + why + "."));
        history(facts, verdict.state(), sentences);
        return new Explanation(
                verdict.state(),
                sentences,
                facts.obstacle().isPresent() && verdict.state() == State.WAITING ? BREAKER : verdict.runbook());
    }

    private record Verdict(State state, String runbook) {}

    private static Verdict verdict(Facts facts, List<String> sentences) {
        if (!facts.isLoaded()) {
            sentences.add(
                    "The device directory has not been read yet, so no device is known. Records wait until it is.");
            return new Verdict(State.UNKNOWN, DIRECTORY);
        }
        if (facts.entry().isEmpty()) {
            return unknown(facts, sentences);
        }
        DirectoryEntry entry = facts.entry().get();
        facts.gateway()
                .ifPresent(
                        gateway -> sentences.add(
                                "It is a child of gateway " + gateway
                                        + ", which sends for it: what is said of requests, tokens and quarantine is about the gateway."));
        if (entry.gateway() != null && facts.gatewayEntry().isEmpty()) {
            sentences.add(
                    "The directory does not know that gateway, so its records become dead letters (unknown-device)"
                            + " when they have waited for relay.devices.unknown-grace. Add the gateway to the directory.");
            return new Verdict(State.UNKNOWN, DEAD_LETTERS);
        }
        DirectoryEntry sender = facts.gatewayEntry().orElse(entry);
        if (sender.barrier() != null) {
            sentences.add("The platform does not let it in: " + sender.barrier().meaning() + ".");
        } else if (sender.secret() == null) {
            sentences.add("The directory has no secret for " + facts.sender()
                    + ", so it cannot authenticate, and its records become dead letters (unknown-device).");
            return new Verdict(State.UNKNOWN, DEAD_LETTERS);
        }
        return active(facts, sentences);
    }

    private static Verdict unknown(Facts facts, List<String> sentences) {
        sentences.add("The directory does not know it.");
        if (facts.holding().isEmpty()) {
            sentences.add(
                    "A record of it waits for relay.devices.unknown-grace, and longer while the platform is asked;"
                            + " then it becomes a dead letter (unknown-device).");
        } else {
            holding(facts, sentences);
        }
        sentences.add(
                "Add it to the directory, or compare the name in its records with the directory: upper and lower case"
                        + " count.");
        return new Verdict(State.UNKNOWN, DEAD_LETTERS);
    }

    private static Verdict active(Facts facts, List<String> sentences) {
        DeviceActivity activity = facts.activity();
        if (activity.quarantine().isPresent()) {
            quarantined(activity.quarantine().get(), sentences);
            return new Verdict(State.QUARANTINED, QUARANTINE);
        }
        if (activity.waiting() + activity.inFlight() > 0 || !facts.holding().isEmpty()) {
            waiting(activity, sentences);
            holding(facts, sentences);
            return new Verdict(State.WAITING, STAGNANT);
        }
        Optional<Instant> succeeded = activity.last().map(LastRequest::succeeded);
        Optional<Instant> rejected = facts.rejections().stream().findFirst().map(RecentRejection::at);
        if (rejected.isPresent() && succeeded.filter(rejected.get()::isBefore).isEmpty()) {
            rejected(facts.rejections().getFirst(), sentences);
            return new Verdict(State.REJECTED, DEAD_LETTERS);
        }
        if (succeeded.isPresent()) {
            sentences.add("It is delivered: nothing of it waits, and its last report was accepted at "
                    + time(succeeded.get()) + ".");
            return new Verdict(State.DELIVERED, WHERE_TO_LOOK);
        }
        sentences.add("This instance has nothing of it in flight and remembers no request: no record of it came lately"
                + (facts.reads() ? ", or its partition is read by another instance." : ", and it reads no partition."));
        sentences.add("Look for its records in the source topic; a record that no route selects is skipped.");
        return new Verdict(State.SILENT, WHERE_TO_LOOK);
    }

    private static void quarantined(QuarantinedDevice aside, List<String> sentences) {
        sentences.add("It is set aside since " + time(aside.since()) + ", after " + times(aside.refusals()) + ": "
                + aside.reason().meaning()
                + aside.errorCode().map(code -> " (" + code + ")").orElse("") + ".");
        sentences.add("Its records become dead letters (" + aside.reason().code()
                + ") until then: its first record after "
                + time(aside.nextProbe()) + " is a probe, and so is the first one after its secret has changed in the"
                + " directory.");
        sentences.add(
                aside.reason() == RejectionReason.DEVICE_REJECTED
                        ? "Compare its secret in the directory with the platform's, and look whether it is frozen or deleted"
                                + " there. When that is mended, 'probe' tries at once."
                        : "Look at the platform's answers to its requests. When the cause is mended, 'lift-quarantine' lets its"
                                + " next record try.");
    }

    private static String times(int refusals) {
        return refusals == 1 ? "one refusal" : refusals + " refusals in a row";
    }

    private static void waiting(DeviceActivity activity, List<String> sentences) {
        if (activity.waiting() + activity.inFlight() > 0) {
            sentences.add(reports(activity.waiting()) + " for their turn, and " + activity.inFlight() + " on the way.");
        }
        activity.oldest()
                .ifPresent(oldest -> sentences.add(
                        "The oldest is record " + oldest.position() + ", and waits for: " + oldest.detail() + "."));
        activity.nextAttempt().ifPresent(at -> sentences.add("It is tried again at " + time(at) + "."));
    }

    private static String reports(int waiting) {
        return waiting == 1 ? "1 report waits" : waiting + " reports wait";
    }

    private static void holding(Facts facts, List<String> sentences) {
        facts.holding()
                .forEach(held -> sentences.add("Its record " + held.position()
                        + " is the oldest unfinished one of its partition, and waits for: " + held.detail() + "."));
    }

    private static void rejected(RecentRejection last, List<String> sentences) {
        sentences.add("Its last record became a dead letter at " + time(last.at()) + ": "
                + last.reason().code() + ", " + last.reason().meaning() + ".");
        if (!last.detail().isEmpty()) {
            sentences.add("In detail: " + last.detail() + ".");
        }
    }

    /** What is worth knowing besides. */
    private static void history(Facts facts, State state, List<String> sentences) {
        facts.activity()
                .last()
                .filter(last -> !last.outcome().equals("accepted"))
                .ifPresent(last ->
                        sentences.add("Its last " + (last.kind() == RequestKind.REPORT ? "report" : "authentication")
                                + " at " + time(last.at()) + " ended with: " + last.describe() + "."));
        if (state != State.DELIVERED) {
            facts.activity()
                    .last()
                    .map(LastRequest::succeeded)
                    .ifPresent(at -> sentences.add("A report of it was accepted last at " + time(at) + "."));
        }
        if (state != State.REJECTED && !facts.rejections().isEmpty()) {
            RecentRejection last = facts.rejections().getFirst();
            sentences.add("Its last dead letter, at " + time(last.at()) + ": "
                    + last.reason().code() + (last.detail().isEmpty() ? "" : ", " + last.detail()) + ".");
        }
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
