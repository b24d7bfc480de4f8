package io.iotdarelay.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls about devices. Any thread. */
final class DeviceCalls {

    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_DESCRIPTION = 2048;
    private static final int CREATED = 201;

    private final SimulatorOptions options;
    private final Registry registry;
    private final TokenBook tokens;
    private final Shadows shadows;
    private final RandomGenerator random;
    private volatile Duration visibleAfter = Duration.ZERO;
    private volatile Secrecy secrecy = Secrecy.SHOWN;

    DeviceCalls(
            SimulatorOptions options, Registry registry, TokenBook tokens, Shadows shadows, RandomGenerator random) {
        this.options = options;
        this.registry = registry;
        this.tokens = tokens;
        this.shadows = shadows;
        this.random = random;
    }

    void visibleAfter(Duration delay) {
        visibleAfter = delay;
    }

    void secrecy(Secrecy newSecrecy) {
        secrecy = newSecrecy;
    }

    Reply create(JsonNode body) {
        Optional<String> problem = problemOf(body);
        if (problem.isPresent()) {
            return Errors.invalidInput(problem.get());
        }
        if (!isMySpace(Inputs.text(body, "app_id"))) {
            return Errors.noSuchSpace();
        }
        String productId = Inputs.text(body, "product_id");
        Registry.Product product = registry.product(productId);
        if (product == null) {
            return Errors.noSuchProduct();
        }
        String gateway = Inputs.text(body, "gateway_id");
        if (!gateway.isEmpty() && !isDirect(gateway)) {
            return Errors.invalidInput("gateway_id names no device that is connected directly");
        }
        SimulatedDevice device = deviceOf(body, gateway);
        if (!registry.create(
                device,
                Duration.ofSeconds(body.at("/auth_info/timeout").asLong(0)),
                Inputs.text(body, "description"))) {
            return Errors.deviceExists();
        }
        desire(device.id(), product);
        return answer(CREATED, device.id(), Secrecy.SHOWN);
    }

    Reply get(String id) {
        Registry.Entry entry = registry.find(id);
        return entry != null && isVisible(entry) ? answer(200, id, secrecy) : Errors.noSuchDevice();
    }

    private boolean isVisible(Registry.Entry entry) {
        return !options.clock.instant().isBefore(entry.created().plus(visibleAfter));
    }

    Reply delete(String id) {
        if (!registry.remove(id)) {
            return Errors.noSuchDevice();
        }
        shadows.forget(id);
        revoke(id);
        return Reply.empty(204);
    }

    Reply resetSecret(String id, String action, JsonNode body) {
        if (!body.isObject()) {
            return Errors.invalidInput("the body is no JSON object");
        }
        String type = body.path("secret_type").asString("PRIMARY");
        Optional<String> problem = Inputs.optional(body, "secret", Inputs.SECRET);
        if (!action.equals("resetSecret") || problem.isPresent() || !type.matches("PRIMARY|SECONDARY")) {
            return Errors.invalidInput(problem.orElse("action_id or secret_type is unknown"));
        }
        String secret = Inputs.isAbsent(body, "secret") ? randomSecret() : Inputs.text(body, "secret");
        return changed(
                id,
                device -> type.equals("PRIMARY") ? device.withSecret(secret) : device.withSecondarySecret(secret),
                Json.object().put("device_id", id).put("secret", secret).put("secret_type", type));
    }

    Reply freeze(String id, boolean frozen) {
        SimulatedDevice device = registry.device(id);
        if (device != null && device.gateway() != null) {
            return Errors.invalidInput("a child cannot be frozen");
        }
        return changed(id, known -> known.frozen(frozen), null);
    }

    Reply changeGateway(String id, JsonNode body) {
        SimulatedDevice device = registry.device(id);
        String gateway = Inputs.text(body, "gateway_id");
        if (device == null) {
            return Errors.noSuchDevice();
        }
        if (device.gateway() == null || gateway.equals(id) || !isDirect(gateway)) {
            return Errors.invalidInput("not a child, or gateway_id names no device that is connected directly");
        }
        registry.change(id, known -> known.behind(gateway));
        return Reply.empty(204);
    }

    Reply shadow(String id) {
        Registry.Entry entry = registry.find(id);
        if (entry == null || !isVisible(entry)) {
            return Errors.noSuchDevice();
        }
        ObjectNode answer = Json.object().put("device_id", id);
        answer.set("shadow", shadows.read(id));
        return Reply.ok(answer.toString());
    }

    Reply list(Map<String, String> parameters) {
        Optional<Page> page = Page.of(parameters);
        if (page.isEmpty()) {
            return Errors.invalidInput("limit, offset or marker is out of bounds");
        }
        if (!isMySpace(parameters.getOrDefault("app_id", ""))) {
            return Errors.noSuchSpace();
        }
        return Reply.ok(page.get()
                .cut(
                        "devices",
                        registry.before(Long.MAX_VALUE),
                        entry -> isVisible(entry) && matches(entry, parameters),
                        Registry.Entry::number,
                        entry -> describe(entry, Secrecy.ABSENT))
                .toString());
    }

    private static boolean matches(Registry.Entry entry, Map<String, String> parameters) {
        SimulatedDevice device = entry.device();
        String created = Times.compact(entry.created());
        return is(parameters, "product_id", device.productId())
                && is(parameters, "node_id", device.nodeId())
                && is(parameters, "device_name", device.name())
                && is(parameters, "gateway_id", device.gateway() == null ? device.id() : device.gateway())
                && parameters.getOrDefault("start_time", created).compareTo(created) <= 0
                && parameters.getOrDefault("end_time", created).compareTo(created) >= 0;
    }

    private static boolean is(Map<String, String> parameters, String name, String value) {
        return parameters.getOrDefault(name, value).equals(value);
    }

    private static Optional<String> problemOf(JsonNode body) {
        if (!body.isObject()) {
            return Optional.of("the body is no JSON object");
        }
        JsonNode authentication = body.path("auth_info");
        JsonNode timeout = authentication.path("timeout");
        boolean timely = Inputs.isAbsent(authentication, "timeout")
                || (timeout.isIntegralNumber() && timeout.canConvertToInt() && timeout.asInt() >= 0);
        return Stream.of(
                        Inputs.required(body, "node_id", Inputs.NODE_ID),
                        Inputs.required(body, "product_id", Inputs.PRODUCT_ID),
                        Inputs.optional(body, "device_id", Inputs.DEVICE_ID),
                        Inputs.optional(body, "gateway_id", Inputs.DEVICE_ID),
                        Inputs.optional(body, "device_name", LONGEST_NAME),
                        Inputs.optional(body, "description", LONGEST_DESCRIPTION),
                        Inputs.optional(authentication, "secret", Inputs.SECRET),
                        authentication.path("auth_type").asString("SECRET").matches("SECRET|CERTIFICATES")
                                ? Optional.<String>empty()
                                : Optional.of("auth_type is unknown"),
                        timely ? Optional.<String>empty() : Optional.of("timeout is out of bounds"))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private SimulatedDevice deviceOf(JsonNode body, String gateway) {
        String nodeId = Inputs.text(body, "node_id");
        String productId = Inputs.text(body, "product_id");
        String id = Inputs.isAbsent(body, "device_id") ? productId + "_" + nodeId : Inputs.text(body, "device_id");
        boolean certificate = body.at("/auth_info/auth_type").asString("").equals("CERTIFICATES");
        String secret = body.at("/auth_info/secret").asString("");
        SimulatedDevice device = SimulatedDevice.direct(
                        id, certificate ? "" : secret.isEmpty() ? randomSecret() : secret)
                .ofProduct(productId)
                .named(nodeId, body.path("device_name").asString(nodeId))
                .behind(gateway.isEmpty() ? null : gateway);
        return certificate ? device.withCertificate() : device;
    }

    /** A property's default is what a new device is wished to have. */
    private void desire(String device, Registry.Product product) {
        for (JsonNode service : product.definition().path("service_capabilities")) {
            for (JsonNode property : service.path("properties")) {
                if (!Inputs.isAbsent(property, "default_value")) {
                    shadows.desire(
                            device,
                            Inputs.text(service, "service_id"),
                            Inputs.text(property, "property_name"),
                            property.path("default_value"));
                }
            }
        }
    }

    private Reply changed(String id, UnaryOperator<SimulatedDevice> change, @Nullable ObjectNode answer) {
        if (registry.find(id) == null) {
            return Errors.noSuchDevice();
        }
        registry.change(id, change);
        revoke(id);
        return answer == null ? Reply.empty(204) : Reply.ok(answer.toString());
    }

    private void revoke(String id) {
        if (!options.tokensSurvive) {
            tokens.revoke(id);
        }
    }

    private Reply answer(int status, String id, Secrecy secrets) {
        Registry.Entry entry = registry.find(id);
        return entry == null
                ? Errors.noSuchDevice()
                : new Reply(status, null, Reply.JSON, describe(entry, secrets).toString(), Map.of());
    }

    private ObjectNode describe(Registry.Entry entry, Secrecy secrets) {
        SimulatedDevice device = entry.device();
        Instant active = entry.active();
        Registry.Product product = registry.product(device.productId());
        ObjectNode described = Json.object()
                .put("app_id", options.access.appId())
                .put("device_id", device.id())
                .put("node_id", device.nodeId())
                .put("gateway_id", Objects.requireNonNullElse(device.gateway(), device.id()))
                .put("device_name", device.name())
                .put("node_type", device.gateway() == null ? "GATEWAY" : "ENDPOINT")
                .put("description", entry.description())
                .put("product_id", device.productId())
                .put(
                        "product_name",
                        product == null ? "" : product.definition().path("name").asString(""))
                .put("status", device.frozen() ? "FROZEN" : active == null ? "INACTIVE" : "ONLINE")
                .put("create_time", Times.compact(entry.created()));
        if (active != null) {
            described
                    .put("active_time", Times.extended(active))
                    .put("connection_status_update_time", Times.extended(active));
        }
        if (secrets != Secrecy.ABSENT) {
            ObjectNode authentication = described.putObject("auth_info");
            authentication.put("auth_type", device.certificate() ? "CERTIFICATES" : "SECRET");
            if (!device.certificate()) {
                secrets.put(authentication, "secret", device.secret());
                secrets.put(authentication, "secondary_secret", device.secondarySecret());
            }
            authentication
                    .put("secure_access", true)
                    .put("timeout", entry.timeout().toSeconds());
        }
        described.putArray("tags");
        return described;
    }

    private boolean isDirect(String id) {
        SimulatedDevice device = registry.device(id);
        return device != null && device.gateway() == null;
    }

    private boolean isMySpace(String appId) {
        return appId.isEmpty() || appId.equals(options.access.appId());
    }

    private synchronized String randomSecret() {
        StringBuilder secret = new StringBuilder();
        IntStream.range(0, 32).forEach(i -> secret.append(Character.forDigit(random.nextInt(16), 16)));
        return secret.toString();
    }
}
