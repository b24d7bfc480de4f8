package io.iotdarelay.delivery;

import io.iotdarelay.auth.Authenticator;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.limits.Permit;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.limits.Waiter;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Authenticates within the limits of an event loop. Cancelling leaves the queue, or aborts the request. An authentication may
 * wait for long for the limits, and other instances for it: it is claimed only when it may leave.
 */
record LimitedAuthenticator(PlatformClient client, RequestLimits limits, AwaitedTokens awaited)
        implements Authenticator {

    private static final double ONE = 1;

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        return authenticate(credentials, TokenWish.ALONE);
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials, TokenWish wish) {
        return Mono.create(sink -> new Turn(credentials, wish, sink).begin());
    }

    /** One authentication that waits for its turn, and then is in flight. */
    private final class Turn implements Waiter {

        private final DeviceCredentials credentials;
        private final TokenWish wish;
        private final MonoSink<Authentication> sink;
        private final Disposable.Swap current = Disposables.swap();
        private boolean departed;

        Turn(DeviceCredentials credentials, TokenWish wish, MonoSink<Authentication> sink) {
            this.credentials = credentials;
            this.wish = wish;
            this.sink = sink;
        }

        void begin() {
            sink.onDispose(() -> {
                limits.forget(RequestKind.AUTHENTICATION, this);
                current.dispose();
            });
            acquire();
        }

        private void acquire() {
            departed = false;
            Disposable waiting = limits.acquire(RequestKind.AUTHENTICATION, credentials.device(), this::depart);
            if (!departed) {
                current.update(waiting);
            }
        }

        private void depart(Permit permit) {
            departed = true;
            boolean sent = false;
            try {
                if (!wish.isOpen()) {
                    sink.success();
                } else if (!permit.tryAdmit()) {
                    sink.success(new Authentication.Postponed());
                } else if (permit.tryCharge(this, ONE)) {
                    sent = true;
                    send(permit);
                }
            } finally {
                if (!sent) {
                    permit.close();
                }
            }
        }

        private void send(Permit permit) {
            Mono<Authentication> request = wish.claim()
                    .filter(ours -> ours)
                    .flatMap(ours -> request(permit))
                    .doFinally(ignored -> permit.close());
            current.update(request.subscribe(sink::success, sink::error, sink::success));
        }

        private Mono<Authentication> request(Permit permit) {
            permit.sent();
            return client.authenticate(credentials).doOnNext(result -> judge(permit, result));
        }

        private static void judge(Permit permit, Authentication result) {
            switch (result) {
                case Authentication.Granted ignored -> {
                    boolean unused = permit.judge(new Verdict.Accepted());
                }
                case Authentication.Denied denied -> {
                    boolean unused = permit.judge(denied.verdict());
                }
                case Authentication.Postponed ignored -> throw new IllegalStateException("asked, and postponed");
            }
        }

        /** No gate stops an authentication: its lane had passed it. */
        @Override
        public void resume() {}

        @Override
        public boolean tryAgain() {
            acquire();
            return true;
        }

        /** Devices with waiting records go first. A renewal has time: the old token is still valid. */
        @Override
        public double fill() {
            return awaited.isAwaited(credentials.device()) ? ONE : 0;
        }

        @Override
        public boolean isFailing() {
            return limits.isFailing(RequestKind.AUTHENTICATION, credentials.device());
        }
    }
}
