package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.platform.Authentication;
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

    /** While the authentication lasts, its claim is made again, well before it ends. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /**
     * After a claim that was not won the next one waits for so long, twice as long after each further one: it is charged to the quota. And
     * the other one's time may be up on this instance's clock only.
     */
    private static final Duration AFTER_LOSS = Duration.ofSeconds(1);

    private static final int MOST_DOUBLINGS = 4;

    private final Sharing sharing;
    private final DeviceCredentials credentials;
    private final long newerThan;
    private final Scheduler loop;
    private long notBefore;
    private int losses;
    private long waitedSince;
    private long patience;
    private @Nullable MonoSink<SharedToken> awaiting;
    private @Nullable MonoSink<Void> arriving;
    private @Nullable MonoSink<Boolean> claiming;
    private @Nullable Disposable timer;
    private @Nullable Claim claim;
    private boolean claimIsOpen;
    private boolean isAtIt;
    private volatile Claims.@Nullable Outcome outcome;

    DeviceWish(Sharing sharing, DeviceCredentials credentials, long newerThan, Scheduler loop) {
        this.sharing = sharing;
        this.credentials = credentials;
        this.newerThan = newerThan;
        this.loop = loop;
        this.notBefore = sharing.nanos();
        this.patience = sharing.patience();
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
    public Mono<Void> arrived() {
        return Mono.create(sink -> {
            arriving = sink;
            sharing.await(device(), this);
            sink.onDispose(() -> stopArriving(sink));
            lookForArrival();
        });
    }

    @SuppressWarnings("ReferenceEquality") // that very one
    private void stopArriving(MonoSink<Void> sink) {
        if (arriving == sink) {
            arriving = null;
            sharing.awaitNoLonger(device(), this);
        }
    }

    @Override
    public Mono<Boolean> claim() {
        isAtIt = true;
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
            forgetClaim();
            sharing.missed();
            sink.success(true);
        }
    }

    /** Something was read that concerns the device. */
    void look() {
        lookForToken();
        lookForArrival();
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
        long rest = Math.min(Math.max(held, notBefore - now), patience - (now - waitedSince));
        if (found.isPresent() || rest <= 0) {
            stopAwaiting(sink);
            sink.success(found.orElse(null));
        } else {
            startTimer(rest, this::look);
        }
    }

    /** What is being authenticated is not taken back: the platform may have done it already. */
    private void lookForArrival() {
        MonoSink<Void> sink = arriving;
        if (sink != null && !isAtIt && found().isPresent()) {
            stopArriving(sink);
            sink.success();
        }
    }

    private void lookForOutcome() {
        MonoSink<Boolean> sink = claiming;
        Claims.Outcome heard = outcome;
        if (sink == null || heard == null) {
            return;
        }
        stopClaiming(sink);
        if (heard == Claims.Outcome.WON) {
            startTimer(AGAIN.toNanos(), this::claimAgain);
        } else {
            isAtIt = false;
            claimIsOpen = false;
            notBefore = sharing.nanos() + (AFTER_LOSS.toNanos() << Math.min(losses++, MOST_DOUBLINGS));
        }
        if (heard == Claims.Outcome.OVERTAKEN) {
            sharing.repeat(device());
        }
        sink.success(heard == Claims.Outcome.WON);
    }

    private void claimAgain() {
        Claim open = claim;
        if (claimIsOpen && open != null) {
            sharing.claimAgain(device(), open);
            startTimer(AGAIN.toNanos(), this::claimAgain);
        }
    }

    @Override
    public long granted(Authentication.Granted token) {
        claimIsOpen = false;
        stopTimer();
        return sharing.granted(credentials, token);
    }

    /** A claim that led to nothing is given up, so that nobody waits for its end. */
    @Override
    public void end() {
        stopTimer();
        forgetClaim();
        Claim open = claim;
        if (claimIsOpen && open != null) {
            claimIsOpen = false;
            sharing.claimIsOver(device(), open);
        }
    }

    private void forgetClaim() {
        if (claim != null) {
            sharing.claimNoLonger(claim);
        }
    }

    private Optional<SharedToken> found() {
        return sharing.find(credentials).filter(found -> found.version() > newerThan);
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
