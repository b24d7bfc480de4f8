package io.iotdarelay.simulator;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls about products. Any thread. */
final class ProductCalls {

    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_TYPE = 32;
    private static final int LARGEST_MODEL = 500 * 1024;
    private static final int CREATED = 201;
    private static final Set<String> PROTOCOLS =
            Set.of("MQTT", "CoAP", "HTTP", "HTTPS", "Modbus", "ONVIF", "OPC-UA", "OPC-DA", "Other", "TCP", "UDP");

    private final ApplicationAccess access;
    private final Registry registry;
    private final RandomGenerator random;

    ProductCalls(ApplicationAccess access, Registry registry, RandomGenerator random) {
        this.access = access;
        this.registry = registry;
        this.random = random;
    }

    Reply create(JsonNode body) {
        try {
            String id = add(body);
            Registry.Product product = registry.product(id);
            return product == null
                    ? Errors.noSuchProduct()
                    : new Reply(CREATED, null, Reply.JSON, describe(product).toString(), Map.of());
        } catch (IllegalArgumentException e) {
            return Errors.invalidInput(String.valueOf(e.getMessage()));
        }
    }

    /** Registers a product in the form of the API, and gives its ID; what is wrong with it is thrown. */
    String add(JsonNode body) {
        problemOf(body).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        SimulatedProduct model = SimulatedProduct.parse(body.path("service_capabilities"));
        String id = Inputs.isAbsent(body, "product_id") ? randomId() : Inputs.text(body, "product_id");
        ObjectNode definition = ((ObjectNode) body).deepCopy();
        registry.register(id, model, definition);
        return id;
    }

    Reply get(String id, Map<String, String> parameters) {
        if (!isMySpace(parameters)) {
            return Errors.noSuchSpace();
        }
        Registry.Product product = registry.product(id);
        return product == null
                ? Errors.noSuchProduct()
                : Reply.ok(describe(product).toString());
    }

    Reply list(Map<String, String> parameters) {
        Optional<Page> page = Page.of(parameters);
        if (page.isEmpty()) {
            return Errors.invalidInput("limit, offset or marker is out of bounds");
        }
        if (!isMySpace(parameters)) {
            return Errors.noSuchSpace();
        }
        return Reply.ok(page.get()
                .cut(
                        "products",
                        registry.products().stream()
                                .sorted(Comparator.comparingLong(Registry.Product::number)
                                        .reversed()),
                        product -> true,
                        Registry.Product::number,
                        this::outline)
                .toString());
    }

    private static Optional<String> problemOf(JsonNode body) {
        if (!body.isObject()) {
            return Optional.of("the product is no JSON object");
        }
        return Stream.of(
                        Inputs.optional(body, "product_id", Inputs.PRODUCT_ID),
                        Inputs.optional(body, "name", LONGEST_NAME),
                        Inputs.optional(body, "device_type", LONGEST_TYPE),
                        PROTOCOLS.contains(body.path("protocol_type").asString("HTTPS"))
                                ? Optional.<String>empty()
                                : Optional.of("protocol_type is unknown"),
                        body.path("service_capabilities").toString().length() <= LARGEST_MODEL
                                ? Optional.<String>empty()
                                : Optional.of("service_capabilities are larger than 500 KB"))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private ObjectNode describe(Registry.Product product) {
        ObjectNode described = outline(product);
        described.set("service_capabilities", product.definition().path("service_capabilities"));
        return described;
    }

    /** What a list says of a product. */
    private ObjectNode outline(Registry.Product product) {
        ObjectNode outline = product.definition().deepCopy();
        outline.remove("service_capabilities");
        return outline.put("app_id", access.appId())
                .put("product_id", product.id())
                .put("name", outline.path("name").asString(product.id()))
                .put("device_type", outline.path("device_type").asString(""))
                .put("protocol_type", outline.path("protocol_type").asString("HTTPS"))
                .put("data_format", outline.path("data_format").asString("json"))
                .put("create_time", Times.compact(product.created()));
    }

    private boolean isMySpace(Map<String, String> parameters) {
        return parameters.getOrDefault("app_id", access.appId()).equals(access.appId());
    }

    private synchronized String randomId() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            id.append(Character.forDigit(random.nextInt(16), 16));
        }
        return id.toString();
    }
}
