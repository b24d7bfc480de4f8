package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/** One wish of this instance. Everything happens on its event loop, except that an outcome is handed over. */
final class DeviceWish implements TokenWish {

    /** How long a claim may take to come back. Normally it takes milliseconds. */
    private static final Duration ECHO = Duration.ofSeconds(2);

    /** How long a wish waits for the others and the topic altogether. Then it authenticates whatever they do. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** After a lost claim, the other one is given at least this: its time may be up on this instance's clock only. */
    private static final Duration AFTER_LOSS = Duration.ofSeconds(1);

    private final Sharing sharing;
    private final DeviceCredentials credentials;
    private final Optional<AccessToken> replaced;
    private final Scheduler loop;
    private long notBefore;
    private long waitedSince;
    private long patience = PATIENCE.toNanos();
    private @Nullable MonoSink<SharedToken> awaiting;
    private @Nullable MonoSink<Boolean> claiming;
    private @Nullable Disposable timer;
    private long claim;
    private boolean claimIsOpen;
    private volatile Claims.@Nullable Outcome outcome;

    DeviceWish(Sharing sharing, DeviceCredentials credentials, Optional<AccessToken> replaced, Scheduler loop) {
        this.sharing = sharing;
        this.credentials = credentials;
        this.replaced = replaced;
        this.loop = loop;
        this.notBefore = sharing.nanos();
    }

    Scheduler loop() {
        return loop;
    }

    @Override
    public Mono<SharedToken> await() {
        return Mono.create(sink -> {
            awaiting = sink;
            waitedSince = sharing.nanos();
            sharing.await(device(), this);
            sink.onDispose(() -> stopAwaiting(sink));
            look();
        });
    }

    /** Before its sink is told, because that may begin the next step at once. */
    @SuppressWarnings("ReferenceEquality") // that very one
    private void stopAwaiting(MonoSink<SharedToken> sink) {
        if (awaiting == sink) {
            awaiting = null;
            patience -= sharing.nanos() - waitedSince;
            sharing.awaitNoLonger(device(), this);
            stopTimer();
        }
    }

    @Override
    public boolean isOpen() {
        return found().isEmpty() && (patience <= 0 || sharing.heldByOthers(device()) == 0);
    }

    @Override
    public Mono<Boolean> claim() {
        if (patience <= 0 || !sharing.isUsable()) {
            return Mono.just(true);
        }
        return Mono.create(sink -> {
            claiming = sink;
            outcome = null;
            waitedSince = sharing.nanos();
            sink.onDispose(() -> stopClaiming(sink));
            startTimer(ECHO.toNanos(), this::unheard);
            claimIsOpen = true;
            claim = sharing.claim(device(), this);
        });
    }

    @SuppressWarnings("ReferenceEquality") // that very one
    private void stopClaiming(MonoSink<Boolean> sink) {
        if (claiming == sink) {
            claiming = null;
            patience -= sharing.nanos() - waitedSince;
            stopTimer();
        }
    }

    /** The own claim was read. The loop looks at it soon. Reading thread. */
    void heard(Claims.Outcome heard) {
        outcome = heard;
    }

    private void unheard() {
        MonoSink<Boolean> sink = claiming;
        if (sink != null) {
            stopClaiming(sink);
            sharing.claimNoLonger(claim);
            sharing.missed();
            sink.success(true);
        }
    }

    /** Something was read that concerns the device. */
    void look() {
        lookForToken();
        lookForOutcome();
    }

    private void lookForToken() {
        MonoSink<SharedToken> sink = awaiting;
        if (sink == null) {
            return;
        }
        Optional<SharedToken> found = found();
        long now = sharing.nanos();
        long held = sharing.heldByOthers(device());
        long rest = Math.min(held == 0 ? 0 : Math.max(held, notBefore - now), patience - (now - waitedSince));
        if (found.isPresent() || rest <= 0) {
            stopAwaiting(sink);
            sink.success(found.orElse(null));
        } else {
            startTimer(rest, this::look);
        }
    }

    private void lookForOutcome() {
        MonoSink<Boolean> sink = claiming;
        Claims.Outcome heard = outcome;
        if (sink == null || heard == null) {
            return;
        }
        stopClaiming(sink);
        if (heard != Claims.Outcome.WON) {
            claimIsOpen = false;
            notBefore = sharing.nanos() + AFTER_LOSS.toNanos();
        }
        if (heard == Claims.Outcome.OVERTAKEN) {
            sharing.repeat(device());
        }
        sink.success(heard == Claims.Outcome.WON);
    }

    @Override
    public void granted(Authentication.Granted token) {
        claimIsOpen = false;
        sharing.granted(credentials, token);
    }

    /** A claim that led to nothing is given up, so that nobody waits for its end. */
    @Override
    public void end() {
        sharing.claimNoLonger(claim);
        if (claimIsOpen) {
            claimIsOpen = false;
            sharing.repeat(device());
        }
    }

    private Optional<SharedToken> found() {
        return sharing.find(credentials).filter(found -> !replaced.equals(Optional.of(found.token())));
    }

    private DeviceId device() {
        return credentials.device();
    }

    private void startTimer(long nanos, Runnable task) {
        stopTimer();
        timer = loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }
}
