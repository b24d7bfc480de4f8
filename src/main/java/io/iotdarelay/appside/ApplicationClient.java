package io.iotdarelay.appside;

import io.iotdarelay.appside.Unsigned.Parameter;
import io.iotdarelay.egress.NetworkFailures;
import io.iotdarelay.egress.NetworkTrouble;
import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.settings.SecretFile;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The calls: each is built, waits for its turn, is signed and sent, and its answer is classified and counted. */
final class ApplicationClient implements ApplicationSide {

    private static final JsonMapper JSON = JsonMapper.shared();
    /** What the calls have in common. */
    record Tools(
            Transport transport,
            NetworkFailures failures,
            Pace pace,
            CallBreaker breaker,
            ApplicationMeters meters,
            Scheduler loop,
            Clock clock,
            LongSupplier nanoTime) {}

    private final Tools tools;
    /**
     * One for each kind of call. Whether a request that was sent is answered may depend on what it asks for; so that counts for its kind
     * alone. What keeps any request from being sent, or any key from being accepted, counts for all.
     */
    private final Map<Call, CallBreaker> breakers = new EnumMap<>(Call.class);

    private final AccessKeys keys;
    private final Signer signer;
    private final Duration atMost;
    private final Condition condition;
    private final String host;
    private final String base;
    private final Optional<String> space;
    private final Map<String, String> headers = new TreeMap<>();

    ApplicationClient(PlatformProperties properties, AccessKeys keys, Tools tools) {
        this.tools = tools;
        for (Call call : Call.values()) {
            breakers.put(call, tools.breaker().another(tools.breaker().status().name() + " " + call.label()));
        }
        this.keys = keys;
        this.atMost = properties.connectTimeout().multipliedBy(2).plus(properties.responseTimeout());
        this.signer = new Signer(properties.scheme());
        this.condition = new Condition(tools.clock());
        this.host = properties.origin().authority();
        this.base = properties.base();
        this.space = Optional.ofNullable(properties.appId());
        headers.put("x-project-id", String.valueOf(properties.projectId()));
        if (properties.instanceId() != null) {
            headers.put("instance-id", properties.instanceId());
        }
    }

    @Override
    public Mono<Answer<Device>> device(DeviceId device) {
        return ask(
                Call.GET_DEVICE,
                get(of(device), List.of()),
                "",
                document ->
                        Documents.device(document).filter(found -> found.id().equals(device)));
    }

    @Override
    public Mono<Answer<Device>> create(NewDevice device) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("node_id", device.nodeId());
        body.put("product_id", device.productId());
        body.put("device_id", device.id().value());
        device.name().ifPresent(name -> body.put("device_name", name));
        device.gateway().ifPresent(gateway -> body.put("gateway_id", gateway.value()));
        space.ifPresent(id -> body.put("app_id", id));
        body.putObject("auth_info")
                .put("auth_type", "SECRET")
                .put("secret", device.secret().value())
                .put("secure_access", true)
                .put("timeout", 0);
        return ask(
                Call.CREATE_DEVICE,
                post(base + "/devices", List.of(), body),
                device.secret().value(),
                document -> Documents.device(document).filter(made -> made.id().equals(device.id())));
    }

    @Override
    public Mono<Answer<DeviceSecret>> resetSecret(DeviceId device, Which which, DeviceSecret secret) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("secret", secret.value());
        body.put("secret_type", which.name());
        return ask(
                Call.RESET_SECRET,
                post(of(device) + "/action", List.of(new Parameter("action_id", "resetSecret")), body),
                secret.value(),
                document -> document.isObject()
                        ? Documents.secret(document, "secret").or(() -> Optional.of(secret))
                        : Optional.empty());
    }

    @Override
    public Mono<Answer<DeviceId>> changeGateway(DeviceId child, DeviceId gateway) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("gateway_id", gateway.value());
        return ask(
                Call.CHANGE_GATEWAY,
                post(of(child) + "/change-gateway", List.of(), body),
                "",
                document -> Optional.of(gateway));
    }

    @Override
    public Mono<Answer<Product>> product(String productId) {
        if (!NewDevice.isProductId(productId)) { // it would become part of the path
            throw new IllegalArgumentException("not the ID of a product");
        }
        return ask(
                Call.GET_PRODUCT,
                get(base + "/products/" + productId, inSpace(new ArrayList<>())),
                "",
                Documents::product);
    }

    @Override
    public Mono<Answer<Shadow>> shadow(DeviceId device) {
        return ask(Call.GET_SHADOW, get(of(device) + "/shadow", List.of()), "", Documents::shadow);
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query) {
        return devices(query, DevicePage.FIRST, 0);
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query, DevicePage before) {
        return devices(query, before.next().orElseThrow(), before.delivered());
    }

    private Mono<Answer<DevicePage>> devices(DeviceQuery query, String next, long before) {
        List<Parameter> parameters = new ArrayList<>();
        query.productId().ifPresent(id -> parameters.add(new Parameter("product_id", id)));
        query.gateway().ifPresent(id -> parameters.add(new Parameter("gateway_id", id.value())));
        query.nodeId().ifPresent(id -> parameters.add(new Parameter("node_id", id)));
        parameters.add(new Parameter("limit", String.valueOf(DevicePage.LIMIT)));
        parameters.add(new Parameter("marker", next));
        return ask(
                Call.LIST_DEVICES,
                get(base + "/devices", inSpace(parameters)),
                "",
                document -> Documents.page(document, next, before));
    }

    @Override
    public ApplicationStatus status() {
        return new ApplicationStatus(
                condition.trouble(), state(), tools.pace().rate(), tools.pace().waiting(), condition.answered());
    }

    /** The worst one; that of all calls comes first. */
    private String state() {
        return Stream.concat(Stream.of(tools.breaker()), breakers.values().stream())
                .map(breaker -> breaker.status().state())
                .filter(state -> !state.equals("CLOSED"))
                .findFirst()
                .orElse("CLOSED");
    }

    private String of(DeviceId device) {
        return base + "/devices/" + device.value();
    }

    private List<Parameter> inSpace(List<Parameter> parameters) {
        space.ifPresent(id -> parameters.add(new Parameter("app_id", id)));
        return parameters;
    }

    private Unsigned get(String path, List<Parameter> query) {
        return Unsigned.get(host, path, query, headers);
    }

    private Unsigned post(String path, List<Parameter> query, JsonNode body) {
        return Unsigned.post(host, path, query, headers, JSON.writeValueAsBytes(body));
    }

    /**
     * Asks when it is the call's turn.
     *
     * @param secret what the request contains that nobody may see; empty if nothing
     */
    private <T> Mono<Answer<T>> ask(
            Call call, Unsigned request, String secret, Function<JsonNode, Optional<T>> reader) {
        return Mono.defer(() -> new Attempt<>(call, request, secret, reader).begin())
                .onErrorResume(RejectedExecutionException.class, e -> Mono.just(withheld(call, Pace.STOPPING)));
    }

    private static String open(CallBreaker breaker) {
        return "the application side is not asked while its circuit breaker is open: "
                + breaker.status().lastFailure().orElse("calls failed");
    }

    private <T> Answer<T> withheld(Call call, String why) {
        Answer<T> answer = new Answer.Withheld<>(why);
        tools.meters().withheld(call.label(), answer.code());
        return answer;
    }

    /** One request and its response. */
    private final class Attempt<T> {

        private final Call call;
        private final CallBreaker own;
        private final Unsigned request;
        private final String secret;
        private final Function<JsonNode, Optional<T>> reader;
        private final AtomicBoolean sent = new AtomicBoolean();
        private final AtomicBoolean ended = new AtomicBoolean();

        Attempt(Call call, Unsigned request, String secret, Function<JsonNode, Optional<T>> reader) {
            this.call = call;
            this.own = Objects.requireNonNull(breakers.get(call));
            this.request = request;
            this.secret = secret;
            this.reader = reader;
        }

        Mono<Answer<T>> begin() {
            return tools.pace().inTurn(Mono.defer(this::send), why -> withheld(call, why), own::isOpen);
        }

        private Mono<Answer<T>> send() {
            if (!tools.breaker().tryAcquire()) {
                return Mono.just(withheld(call, open(tools.breaker())));
            }
            if (!own.tryAcquire()) {
                tools.breaker().withdraw();
                return Mono.just(withheld(call, open(own)));
            }
            long start = tools.nanoTime().getAsLong();
            return keys.current()
                    .flatMap(this::exchange)
                    .onErrorResume(SecretFile.UnreadableException.class, e -> Mono.just(withoutKey(e)))
                    .timeout(atMost, tools.loop())
                    .onErrorResume(failure -> Mono.just(failed(failure)))
                    .publishOn(tools.loop())
                    .doOnNext(answer -> end(answer, tools.nanoTime().getAsLong() - start))
                    .onErrorComplete()
                    .takeUntilOther(tools.pace().end())
                    .switchIfEmpty(
                            Mono.fromSupplier(() -> stopped(tools.nanoTime().getAsLong() - start)))
                    .doOnCancel(this::giveUp);
        }

        private Mono<Answer<T>> exchange(AccessKey key) {
            return Mono.defer(() -> signed(key)).onErrorResume(failure -> Mono.just(failed(failure)));
        }

        private Mono<Answer<T>> signed(AccessKey key) {
            Signer.Signed signed = signer.sign(request, key, tools.clock().instant());
            Classifier classifier =
                    new Classifier(call, new Redaction(List.of(key.secret(), signed.signature(), secret, key.id())));
            return tools.transport()
                    .exchange(request, signed, () -> sent.set(true))
                    .map(reply -> classifier.answer(reply, tools.clock().instant(), reader));
        }

        private Answer<T> withoutKey(SecretFile.UnreadableException unreadable) {
            return new Answer.Misconfigured<>("the access key of relay.platform: " + unreadable.getMessage(), true);
        }

        private Answer<T> failed(Throwable failure) {
            if (failure instanceof TimeoutException || failure instanceof ReadTimeoutException) {
                return new Answer.Unreachable<>(
                        "the application side does not answer in time"
                                + tools.failures().onTheWay(),
                        sent.get());
            }
            NetworkTrouble trouble = tools.failures().classify(failure);
            String why = "the application side: " + trouble.detail();
            return trouble.misconfigured()
                    ? new Answer.Misconfigured<>(why, true)
                    : new Answer.Unreachable<>(why, sent.get());
        }

        private void end(Answer<T> answer, long nanoseconds) {
            if (ended.getAndSet(true)) {
                return;
            }
            tools.meters().finished(call.label(), answer.code(), nanoseconds);
            switch (answer) {
                case Answer.Found<T> ignored -> isWell();
                case Answer.Absent<T> ignored -> isWell();
                case Answer.Exists<T> ignored -> isWell();
                case Answer.Refused<T> ignored -> isWell();
                case Answer.Throttled<T> throttled -> {
                    tools.pace().throttled(throttled.retryAfter().orElse(Duration.ZERO));
                    isWell();
                }
                case Answer.Misconfigured<T> misconfigured -> isMisconfigured(misconfigured);
                case Answer.Unreachable<T> unreachable -> isUnreachable(unreachable);
                case Answer.Withheld<T> ignored -> withdraw();
            }
        }

        private void isWell() {
            tools.breaker().succeeded();
            own.succeeded();
            condition.isWell(call);
        }

        private void isUnreachable(Answer.Unreachable<T> unreachable) {
            if (unreachable.mayHaveArrived()) {
                own.failed(unreachable.why());
                tools.breaker().withdraw();
                condition.isTroubledFor(call, unreachable.why(), false);
            } else {
                concernsAll(unreachable.why(), false);
            }
        }

        private void isMisconfigured(Answer.Misconfigured<T> misconfigured) {
            if (misconfigured.concernsAll()) {
                concernsAll(misconfigured.why(), true);
            } else {
                tools.breaker().succeeded(); // others may succeed
                own.succeeded(); // refused at once, which costs nobody anything
                condition.isTroubledFor(call, misconfigured.why(), true);
            }
        }

        private void concernsAll(String why, boolean misconfigured) {
            tools.breaker().failed(why);
            own.withdraw();
            condition.isTroubled(call, why, misconfigured);
        }

        /** Nothing is sent any more, or the event loop takes no more tasks. */
        private Answer<T> stopped(long nanoseconds) {
            giveUp();
            if (!sent.get()) {
                return withheld(call, Pace.STOPPING);
            }
            Answer<T> answer = new Answer.Unreachable<>(Pace.STOPPING, true);
            tools.meters().finished(call.label(), answer.code(), nanoseconds);
            return answer;
        }

        private void giveUp() {
            if (!ended.getAndSet(true)) {
                withdraw();
            }
        }

        private void withdraw() {
            tools.breaker().withdraw();
            own.withdraw();
        }
    }
}
