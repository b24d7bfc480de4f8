package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PlatformCallsTest {

    private static final DeviceId DEVICE = new DeviceId("a");

    private final FakeApplication application = new FakeApplication();
    private final AtomicLong time = new AtomicLong();
    private final PlatformCalls calls = new PlatformCalls(application, time::get);

    @Test
    void timeInWhichNothingWasAskedDoesNotCount() {
        application.with(FakeApplication.device("a", "p", null, "secret", ""));
        application.resting = this::pass;

        calls.rest(application.patience());
        failOnce();
        assertThat(calls.one(calls.patient().device(DEVICE))).isInstanceOf(Answer.Found.class);

        pass(); // with something else than calls
        failOnce();
        assertThat(calls.one(calls.patient().device(DEVICE))).isInstanceOf(Answer.Found.class);
        assertThat(calls.end()).isEmpty();
    }

    private void pass() {
        time.addAndGet(application.patience().multipliedBy(2).toNanos());
    }

    private void failOnce() {
        AtomicInteger left = new AtomicInteger(1);
        application.failure = call -> left.getAndDecrement() > 0
                ? Optional.of(new Answer.Unreachable<>("no answer", false))
                : Optional.empty();
    }
}
