package io.iotdarelay.simulator;

import io.iotdarelay.simulator.Signatures.SignedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The application side: who may call, how often, and what is answered. Devices and products are those of the other side. Any
 * thread.
 */
public final class Application {

    /**
     * An answer.
     *
     * @param detail why a call was refused, for the ledger; clients are not told
     */
    record Judgement(Reply reply, @Nullable String detail) {}

    private final SimulatorOptions options;
    private final Signatures signatures;
    private final DeviceCalls devices;
    private final ProductCalls products;
    private final Shadows shadows;
    private final Map<Rates.Of, TokenBucket> buckets = new EnumMap<>(Rates.Of.class);
    private volatile Duration clockOffset = Duration.ZERO;
    private volatile Instant granted = Instant.MIN;

    Application(SimulatorOptions options, Registry registry, TokenBook tokens, Shadows shadows) {
        this.options = options;
        this.signatures = new Signatures(options.access, Signatures.SERVICE);
        SplittableRandom random = new SplittableRandom(options.seed);
        this.devices = new DeviceCalls(options, registry, tokens, shadows, random.split());
        this.products = new ProductCalls(options.access, registry, random.split());
        this.shadows = shadows;
        options.rates
                .limits()
                .forEach((of, rate) -> buckets.put(
                        of,
                        new TokenBucket(rate.calls() * 1e9 / rate.per().toNanos(), rate.calls(), options.nanoTime)));
    }

    /** Who may call it. */
    public ApplicationAccess access() {
        return options.access;
    }

    /** Its clock is off by so much, and signatures are judged by it: beyond 15 minutes all are refused. */
    public void clockOffset(Duration offset) {
        clockOffset = offset;
    }

    /** Refuses all signatures for so long, as a right that has just been granted is not known everywhere yet. */
    public void grantTakes(Duration time) {
        granted = options.clock.instant().plus(time);
    }

    /** From now on, a report shows in the shadow so much later. */
    public void shadowDelay(Duration delay) {
        shadows.delay(delay);
    }

    /** Shadows stay as they are, whatever is reported, until {@link #releaseShadows()}. */
    public void holdShadows() {
        shadows.hold(true);
    }

    public void releaseShadows() {
        shadows.hold(false);
    }

    /** A new device can be read and listed so much later only; it authenticates at once, and cannot be created again. */
    public void createdVisibleAfter(Duration delay) {
        devices.visibleAfter(delay);
    }

    /** Whether reading a device shows its secrets. */
    public void secrets(Secrecy secrecy) {
        devices.secrecy(secrecy);
    }

    /** The services of a device's shadow, as an application reads them now. */
    public JsonNode shadow(String device) {
        return shadows.read(device);
    }

    ProductCalls products() {
        return products;
    }

    Judgement judge(Api.Target target, SignedRequest request) {
        Instant now = options.clock.instant();
        Optional<String> refusal = now.isBefore(granted)
                ? Optional.of("not granted yet")
                : signatures.refusal(request, now.plus(clockOffset));
        if (refusal.isPresent()) {
            return new Judgement(Errors.authenticationFailed(), refusal.get());
        }
        if (!target.project().equals(options.access.projectId())) {
            return new Judgement(Errors.notSubscribed(), "another project");
        }
        Optional<Rates.Of> exceeded = exceeded(target.api());
        if (exceeded.isPresent()) {
            return new Judgement(options.throttling.reply(), "rate of " + exceeded.get());
        }
        return new Judgement(answer(target, request), null);
    }

    private Optional<Rates.Of> exceeded(Api api) {
        return buckets.entrySet().stream()
                .filter(bucket ->
                        bucket.getKey().covers(api) && !bucket.getValue().tryTake())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Reply answer(Api.Target target, SignedRequest request) {
        String id = target.device();
        Map<String, String> parameters = Page.parameters(request.query());
        return switch (target.api()) {
            case CREATE_DEVICE -> devices.create(Json.parse(request.body()));
            case LIST_DEVICES -> devices.list(parameters);
            case GET_DEVICE -> devices.get(id);
            case DELETE_DEVICE -> devices.delete(id);
            case RESET_SECRET ->
                devices.resetSecret(id, parameters.getOrDefault("action_id", ""), Json.parse(request.body()));
            case FREEZE_DEVICE -> devices.freeze(id, true);
            case UNFREEZE_DEVICE -> devices.freeze(id, false);
            case CHANGE_GATEWAY -> devices.changeGateway(id, Json.parse(request.body()));
            case GET_SHADOW -> devices.shadow(id);
            case CREATE_PRODUCT -> products.create(Json.parse(request.body()));
            case LIST_PRODUCTS -> products.list(parameters);
            case GET_PRODUCT -> products.get(id, parameters);
            case DEVICE_AUTH, MESSAGES, PROPERTIES, GATEWAY, UNKNOWN ->
                throw new IllegalArgumentException(target.api() + " is no call of applications");
        };
    }
}
