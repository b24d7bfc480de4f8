package io.iotdarelay.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.auth.TokenAge;
import io.iotdarelay.delivery.DeviceActivity;
import io.iotdarelay.delivery.LastRequest;
import io.iotdarelay.delivery.QuarantinedDevice;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.explain.Explanation.State;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Whereabouts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private static final Instant NOW = Instant.parse("2026-12-01T03:00:00.123Z");
    private static final DeviceId DEVICE = new DeviceId("d");
    private static final DeviceId GATEWAY = new DeviceId("g");
    private static final DeviceId BEYOND = new DeviceId("another-gateway");
    private static final DirectoryEntry DIRECT = new DirectoryEntry(DEVICE, new DeviceSecret("topsecret"), null);
    private static final DirectoryEntry CHILD = new DirectoryEntry(DEVICE, null, GATEWAY);
    private static final Whereabouts HELD =
            new Whereabouts(new RecordPosition("t", 3, 42), DEVICE, "retry", "the next attempt, after HTTP 503");

    private boolean isLoaded = true;
    private @Nullable DirectoryEntry entry = DIRECT;
    private @Nullable DirectoryEntry gateway;
    private int waiting;
    private int inFlight;
    private @Nullable Whereabouts oldest;
    private @Nullable Instant nextAttempt;
    private @Nullable QuarantinedDevice quarantine;
    private @Nullable LastRequest last;
    private List<Whereabouts> holding = List.of();
    private List<RecentRejection> rejections = List.of();
    private @Nullable String obstacle;
    private boolean reads = true;
    private @Nullable Explanation explained;

    private Explanation explain() {
        Explanation now = Explanation.of(new Facts(
                DEVICE,
                isLoaded,
                Optional.ofNullable(entry),
                "file",
                Optional.ofNullable(gateway),
                new DeviceActivity(
                        waiting,
                        inFlight,
                        Optional.ofNullable(oldest),
                        Optional.ofNullable(nextAttempt),
                        Optional.of(new TokenAge(Duration.ofHours(1), Duration.ofHours(23))),
                        Optional.ofNullable(quarantine),
                        Optional.ofNullable(last)),
                holding,
                rejections,
                Optional.ofNullable(obstacle),
                reads));
        explained = now;
        return now;
    }

    /** Whatever is said: it is a sentence, holds no secret, and its runbook is there. */
    @AfterEach
    void isWellSaid() throws Exception {
        Explanation said = Objects.requireNonNull(explained);
        assertThat(said.sentences())
                .isNotEmpty()
                .allSatisfy(sentence -> assertThat(sentence)
                        .endsWith(".")
                        .doesNotContain("topsecret")
                        .doesNotContain("..")
                        .doesNotContain("Optional"));
        List<String> anchors = Files.readString(Path.of("docs/operations.md"))
                .lines()
                .filter(line -> line.startsWith("##"))
                .map(line ->
                        line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
                .toList();
        assertThat(anchors).contains(said.runbook());
    }

    private void says(State state, String... parts) {
        Explanation now = explain();
        assertThat(now.state()).isEqualTo(state);
        assertThat(String.join(" ", now.sentences())).contains(parts);
    }

    @Test
    void nobodyIsKnownBeforeTheDirectoryIsRead() {
        isLoaded = false;
        entry = null;
        says(State.UNKNOWN, "has not been read yet");
    }

    @Test
    void whoIsUnknown() {
        entry = null;
        says(State.UNKNOWN, "does not know it", "(unknown-device)", "Add it to the directory");

        holding = List.of(HELD);
        says(State.UNKNOWN, "Its record t-3-42 is the oldest unfinished one of its partition");
    }

    @Test
    void aChildWhoseGatewayIsUnknown() {
        entry = CHILD;
        says(State.UNKNOWN, "child of gateway g", "does not know that gateway");
    }

    @Test
    void whoHasNoSecret() {
        entry = CHILD;
        gateway = new DirectoryEntry(GATEWAY, null, BEYOND);
        says(State.UNKNOWN, "no secret for g");
    }

    @Test
    void whoIsRefused() {
        quarantine = new QuarantinedDevice(
                DEVICE, RejectionReason.DEVICE_REJECTED, Optional.of("IOTDA.000002"), NOW, 1, NOW.plusSeconds(60));
        last = new LastRequest(
                RequestKind.AUTHENTICATION, NOW, "device-refused", 401, "IOTDA.000002", NOW.minusSeconds(9));
        says(
                State.QUARANTINED,
                "set aside since 2026-12-01T03:00:00Z, after one refusal",
                "(IOTDA.000002)",
                "first record after 2026-12-01T03:01:00Z is a probe",
                "'probe' tries at once",
                "Its last authentication at 2026-12-01T03:00:00Z ended with: device-refused, HTTP 401 IOTDA.000002",
                "accepted last at 2026-12-01T02:59:51Z");
    }

    @Test
    void whoFailsForLong() {
        quarantine = new QuarantinedDevice(
                DEVICE, RejectionReason.DEVICE_FAILING, Optional.empty(), NOW, 3, NOW.plusSeconds(60));
        says(State.QUARANTINED, "after 3 refusals in a row", "(device-failing)", "'lift-quarantine'");
    }

    @Test
    void whoIsFrozen() {
        entry = new DirectoryEntry(DEVICE, new DeviceSecret("topsecret"), null, null, null, null, Barrier.FROZEN);
        quarantine = new QuarantinedDevice(
                DEVICE, RejectionReason.DEVICE_REJECTED, Optional.empty(), NOW, 1, NOW.plusSeconds(60));
        says(State.QUARANTINED, "frozen on the platform");
    }

    @Test
    void whoWaits() {
        waiting = 1;
        inFlight = 2;
        oldest = HELD;
        nextAttempt = NOW.plusSeconds(30);
        last = new LastRequest(RequestKind.REPORT, NOW, "unavailable", 0, null, null);
        says(
                State.WAITING,
                "1 report waits for their turn, and 2 on the way",
                "The oldest is record t-3-42, and waits for: the next attempt, after HTTP 503",
                "tried again at 2026-12-01T03:00:30Z",
                "Its last report at 2026-12-01T03:00:00Z ended with: unavailable");

        obstacle = "the platform is down: a circuit breaker is open";
        waiting = 7;
        says(State.WAITING, "7 reports wait", "Nothing is delivered for anybody at the moment: the platform is down");
        assertThat(explain().runbook()).isEqualTo("iotdarelaybreakeropen");
    }

    @Test
    void whoHoldsUpAPartition() {
        holding = List.of(HELD);
        says(State.WAITING, "oldest unfinished one of its partition");
    }

    @Test
    void whoseLastRecordWasRejected() {
        rejections = List.of(rejection("no property"), rejection(""));
        says(State.REJECTED, "dead letter at 2026-12-01T03:00:00Z: unmappable", "In detail: no property.");

        last = new LastRequest(RequestKind.REPORT, NOW, "accepted", 0, null, NOW.minusSeconds(1));
        says(State.REJECTED, "accepted last at 2026-12-01T02:59:59Z");

        rejections = List.of(rejection(""));
        assertThat(String.join(" ", explain().sentences())).doesNotContain("In detail");
    }

    @Test
    void whoIsDelivered() {
        last = new LastRequest(RequestKind.REPORT, NOW.plusSeconds(5), "accepted", 0, null, NOW.plusSeconds(5));
        says(State.DELIVERED, "nothing of it waits, and its last report was accepted at 2026-12-01T03:00:05Z");

        rejections = List.of(rejection("no property"));
        says(State.DELIVERED, "Its last dead letter, at 2026-12-01T03:00:00Z: unmappable, no property.");
        rejections = List.of(rejection(""));
        says(State.DELIVERED, "Its last dead letter, at 2026-12-01T03:00:00Z: unmappable.");
    }

    @Test
    void whoIsSilent() {
        says(State.SILENT, "no record of it came lately, or its partition is read by another instance");
        reads = false;
        says(State.SILENT, "it reads no partition");
    }

    private static RecentRejection rejection(String detail) {
        return new RecentRejection(NOW, new RecordPosition("t", 0, 7), "r", RejectionReason.UNMAPPABLE, detail, null);
    }
}
