package io.iotdarelay.testing;

import io.iotdarelay.iotda.RequestCost;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.tracing.RequestTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A platform without a network, in virtual time. It answers after a while, as scripted. */
public final class FakeIotda implements PlatformClient {

    /** A request that was made. */
    public record Sent(AccessToken token, List<Report> reports, long atMillis) {
        public DeviceId sender() {
            return reports.getFirst().sender();
        }

        public List<String> contents() {
            return reports.stream()
                    .map(report -> TestTelemetry.text(report.json()))
                    .toList();
        }
    }

    private final VirtualTimeScheduler time;
    private final List<Sent> sent = new ArrayList<>();
    private final List<DeviceId> authentications = new ArrayList<>();
    private final Map<DeviceId, Integer> underWay = new HashMap<>();
    private Function<Sent, Duration> reportLatency = sent -> Duration.ofMillis(10);
    private Duration latency = Duration.ofMillis(10);
    private Duration tokenLifetime = Duration.ofDays(1);
    private BiFunction<AccessToken, List<Report>, Verdict> reportScript = (token, reports) -> new Verdict.Accepted();
    private Function<DeviceCredentials, @Nullable Verdict> authenticationScript = credentials -> null;
    private int mostUnderWay;
    private int cancelled;
    private boolean overlapped;

    public FakeIotda(VirtualTimeScheduler time) {
        this.time = time;
    }

    public static PlatformAnswer answer(int status, @Nullable String code) {
        return new PlatformAnswer(status, code, "body");
    }

    public static Verdict unavailable() {
        return new Verdict.Unavailable("HTTP 503", Optional.of(answer(503, null)), Optional.empty());
    }

    @Override
    public double cost(List<Report> reports) {
        return RequestCost.of(reports);
    }

    /** Answers later from now on. */
    public void latency(Duration value) {
        latency = value;
        reportLatency = sent -> value;
    }

    /** Answers reports later from now on, depending on the request. */
    public void latency(Function<Sent, Duration> value) {
        reportLatency = value;
    }

    public void tokenLifetime(Duration value) {
        tokenLifetime = value;
    }

    /** How reports are answered from now on; an exception simulates a defect of the client. */
    public void onReport(BiFunction<AccessToken, List<Report>, Verdict> script) {
        reportScript = script;
    }

    /** How authentications are answered from now on; with a token if there is no verdict. */
    public void onAuthentication(Function<DeviceCredentials, @Nullable Verdict> script) {
        authenticationScript = script;
    }

    public List<Sent> sent() {
        return sent;
    }

    public List<DeviceId> authentications() {
        return authentications;
    }

    /** The maximum number of requests in flight at once. */
    public int mostUnderWay() {
        return mostUnderWay;
    }

    public int cancelled() {
        return cancelled;
    }

    /** Whether a device ever had two reports in flight. */
    public boolean hasOverlapped() {
        return overlapped;
    }

    @Override
    public Scheduler loop() {
        return time;
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        return Mono.defer(() -> {
                    authentications.add(credentials.device());
                    return Mono.delay(latency, time);
                })
                .map(ignored -> {
                    Verdict verdict = authenticationScript.apply(credentials);
                    return verdict == null
                            ? new Authentication.Granted(
                                    new AccessToken(credentials.device() + "-token-" + authentications.size()),
                                    tokenLifetime)
                            : new Authentication.Denied(verdict);
                });
    }

    @Override
    public Mono<Verdict> report(AccessToken token, List<Report> reports, RequestTrace trace) {
        return Mono.defer(() -> {
                    Sent request = new Sent(token, reports, time.now(TimeUnit.MILLISECONDS));
                    sent.add(request);
                    overlapped |= underWay.merge(request.sender(), 1, Integer::sum) > 1;
                    mostUnderWay = Math.max(
                            mostUnderWay,
                            underWay.values().stream()
                                    .mapToInt(Integer::intValue)
                                    .sum());
                    return Mono.delay(reportLatency.apply(request), time);
                })
                .doOnNext(ignored -> ended(reports))
                .map(ignored -> reportScript.apply(token, reports))
                .doOnCancel(() -> {
                    cancelled++;
                    ended(reports);
                });
    }

    private void ended(List<Report> reports) {
        underWay.merge(reports.getFirst().sender(), -1, Integer::sum);
    }
}
