package io.iotdarelay.appside;

import static io.iotdarelay.testing.ScriptedSide.direct;
import static io.iotdarelay.testing.ScriptedSide.said;
import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Creation.Difference;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.ScriptedSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class DeviceCreationTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ScriptedSide side = new ScriptedSide(time);
    private final DeviceCreation creation = new DeviceCreation(side, time);

    @Test
    void createsADevice() {
        Creation.Made made = (Creation.Made) create(wanted("d", "p", null));

        assertThat(made.device()).isEqualTo(side.devices().get(device("d")));
        assertThat(made.device().secret()).contains(new DeviceSecret("own-secret"));
        assertThat(side.calls()).containsExactly("create d");
    }

    /** The answer need not repeat the secret, or the gateway. */
    @Test
    void completesWhatTheAnswerLeavesOut() {
        Device poor = new Device(
                device("d"),
                "",
                "",
                Optional.empty(),
                Device.Status.INACTIVE,
                Device.Proof.OTHER,
                Optional.empty(),
                Optional.empty());
        side.answersNext(new Answer.Found<>(poor));

        assertThat(create(wanted("d", "p", "g")))
                .isEqualTo(new Creation.Made(new Device(
                        device("d"),
                        "d",
                        "p",
                        Optional.of(device("g")),
                        Device.Status.INACTIVE,
                        Device.Proof.SECRET,
                        Optional.of(new DeviceSecret("own-secret")),
                        Optional.empty())));
    }

    @Test
    void aLostAnswerIsFoundOutByTheSecret() {
        side.losesAnswers(true);

        assertThat(create(wanted("d", "p", null))).isInstanceOf(Creation.Made.class);
        assertThat(side.calls()).containsExactly("create d", "get d");
    }

    @Test
    void aLostAnswerToARequestThatDidNotArriveIsAFailure() {
        Answer<Device> lost = new Answer.Unreachable<>("lost", true);
        side.answersNext(lost);

        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Failed(lost));
        assertThat(side.calls()).containsExactly("create d", "get d");
    }

    /** Another instance was faster: its secret counts. */
    @Test
    void takesWhatAnotherInstanceCreated() {
        Device other = direct("d", "p", "their-secret");
        side.with(other);

        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Existed(other, List.of()));
        side.answersNext(new Answer.Unreachable<>("lost", true));
        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Existed(other, List.of()));
    }

    @Test
    void tellsInWhatItDiffers() {
        side.with(direct("d", "q", "their-secret"));

        assertThat(create(new NewDevice(
                        device("d"),
                        "node",
                        "p",
                        Optional.empty(),
                        new DeviceSecret("own-secret"),
                        Optional.of(device("g")))))
                .isInstanceOfSatisfying(
                        Creation.Existed.class,
                        existed -> assertThat(existed.differences())
                                .containsExactly(Difference.PRODUCT, Difference.NODE, Difference.GATEWAY)
                                .extracting(Difference::toString)
                                .containsExactly("product", "node ID", "gateway"));
    }

    /** Question 8 of the open ones: the same node ID with another device ID. */
    @Test
    void saysWhichDeviceIsInTheWay() {
        side.with(new Device(
                device("other"),
                "d",
                "p",
                Optional.empty(),
                Device.Status.ONLINE,
                Device.Proof.SECRET,
                Optional.empty(),
                Optional.empty()));

        assertThat(create(wanted("d", "p", null)))
                .isEqualTo(new Creation.InTheWay("the node ID d of the product p belongs to another device: other"));
        assertThat(side.calls()).containsExactly("create d", "get d", "list d");
    }

    @Test
    void waitsUntilWhatExistsCanBeRead() {
        Device there = direct("d", "p", "their-secret");
        side.with(there).hides(3);

        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Existed(there, List.of()));
        assertThat(side.calls()).containsExactly("create d", "get d", "list d", "get d", "get d", "get d");
    }

    @Test
    void doesNotWaitForEver() {
        side.with(direct("d", "p", "their-secret")).hides(100);

        assertThat(create(wanted("d", "p", null)))
                .isEqualTo(new Creation.Failed(new Answer.Exists<>(said(400, "IOTDA.014031"))));
        assertThat(side.calls()).containsExactly("create d", "get d", "list d", "get d", "get d", "get d");
    }

    @Test
    void passesFailuresOn() {
        for (Answer<Device> failure : List.<Answer<Device>>of(
                new Answer.Absent<>(said(404, "x")),
                new Answer.Refused<>(said(400, "x")),
                new Answer.Throttled<>(said(429, "x"), Optional.empty()),
                new Answer.Misconfigured<>("why", true),
                new Answer.Unreachable<>("why", false),
                new Answer.Withheld<>("why"))) {
            side.answersNext(failure);
            assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Failed(failure));
        }
        assertThat(side.calls()).containsOnly("create d");
    }

    /** Each of the questions may fail as well. */
    @Test
    void passesFailuresOnThatComeLater() {
        side.with(direct("d", "p", "their-secret"));
        Answer<Device> exists = new Answer.Exists<>(said(400, "IOTDA.014031"));
        Answer<Device> absent = new Answer.Absent<>(said(404, "IOTDA.014000"));
        Answer<?> throttled = new Answer.Throttled<>(said(429, "x"), Optional.empty());

        side.answersNext(exists).answersNext(throttled);
        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Failed(throttled));
        side.answersNext(exists).answersNext(absent).answersNext(throttled);
        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Failed(throttled));
        side.hides(1).answersNext(exists);
        side.answersNext(absent)
                .answersNext(new Answer.Found<>(new DevicePage(List.of(), 0, 0, 0, Optional.empty())))
                .answersNext(throttled);
        assertThat(create(wanted("d", "p", null))).isEqualTo(new Creation.Failed(throttled));
    }

    private static NewDevice wanted(String id, String product, @Nullable String gateway) {
        return new NewDevice(
                device(id),
                id,
                product,
                Optional.empty(),
                new DeviceSecret("own-secret"),
                Optional.ofNullable(gateway).map(DeviceId::new));
    }

    private Creation create(NewDevice wanted) {
        List<Creation> answers = new ArrayList<>();
        creation.create(wanted).subscribe(answers::add);
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }
}
