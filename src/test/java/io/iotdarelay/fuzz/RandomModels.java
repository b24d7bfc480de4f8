package io.iotdarelay.fuzz;

import io.iotdarelay.fuzz.ModelRules.Wanted;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.mapping.ValueType;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelCompiler;
import io.iotdarelay.model.ModelsProperties;
import io.iotdarelay.model.RouteShape;
import io.iotdarelay.model.Validation;
import io.iotdarelay.telemetry.DeviceId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes product models that have what the routes send, more or less, and writes them in the forms that the platform has. */
final class RandomModels {

    static final String FIRST = "product-1";
    private static final String SECOND = "product-2";

    private static final List<String> TYPES = List.of(
            "int",
            "long",
            "decimal",
            "decimal",
            "string",
            "string",
            "DateTime",
            "enum",
            "boolean",
            "jsonObject",
            "string list");

    private static final List<String> BOUNDS =
            List.of("0", "-40.0", "85.0", "65535", "1e3", "-1000", "9007199254740993", "");

    private final RandomGenerator random;

    private RandomModels(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Models in force.
     *
     * @param all whether all other devices have the first product
     * @param rules what they require by product; empty where a model was broken on purpose, and nobody knows what it requires
     */
    record Attempt(LoadedModels loaded, Map<String, ModelRules> rules, Validation validation, boolean all) {

        static final Attempt NONE = new Attempt(LoadedModels.NONE, Map.of(), Validation.OFF, false);

        /** The product that the directory names. */
        static @Nullable String inDirectory(DeviceId device) {
            return device.value().endsWith("77") ? "unknown" : device.value().endsWith("7") ? SECOND : null;
        }

        /** What is required of a device's reports, if anything is. */
        Optional<ModelRules> of(DeviceId device, RouteProperties route) {
            String named = inDirectory(device);
            String id = device.value();
            String product = named != null
                    ? named
                    : id.startsWith("device-9") || id.matches("device-8[0-9]+")
                            ? SECOND
                            : all && id.startsWith("d") ? FIRST : route.product();
            return Optional.ofNullable(product == null ? null : rules.get(product));
        }

        Validation validationOf(RouteProperties route) {
            return route.validation() == null ? validation : route.validation();
        }
    }

    /** Models for these routes; nothing where something is wrong. */
    static Optional<Attempt> attempt(RandomGenerator random, RandomRoutes.Attempt routes, Path directory) {
        return new RandomModels(random)
                .models(routes.properties(), routes.compiled().orElseThrow().shapes(), directory);
    }

    private Optional<Attempt> models(List<RouteProperties> routes, List<RouteShape> shapes, Path directory) {
        Map<String, ModelRules> rules = new LinkedHashMap<>();
        Map<String, ModelsProperties.ProductProperties> products = new LinkedHashMap<>();
        boolean broken = random.nextInt(20) == 0;
        for (String product : List.of(FIRST, SECOND)) {
            ModelRules model = model(routes);
            rules.put(product, model);
            byte[] file = written(product, model);
            Path path = write(directory.resolve(product), broken ? Mutations.broken(file, 1, random) : file);
            products.put(product, ModelsProperties.ProductProperties.of("file:" + path));
        }
        Validation validation = Names.any(List.of(Validation.values()), random);
        boolean all = random.nextInt(4) > 0;
        List<ModelsProperties.DeviceProperties> devices = new ArrayList<>();
        devices.add(new ModelsProperties.DeviceProperties("device-9", null, SECOND));
        devices.add(new ModelsProperties.DeviceProperties(null, "device-8[0-9]+", SECOND));
        if (all) {
            devices.add(new ModelsProperties.DeviceProperties("d", null, FIRST));
        }
        ModelsProperties properties = ModelsProperties.of(validation, products, devices);
        return switch (ModelCompiler.compile(properties, shapes)) {
            case ModelCompiler.Compilation.Compiled compiled ->
                Optional.of(new Attempt(compiled.models(), broken ? Map.of() : rules, validation, all));
            case ModelCompiler.Compilation.Wrong wrong -> {
                wrong.problems().forEach(problem -> Expectations.ofDetail(problem.toString()));
                yield Optional.empty();
            }
        };
    }

    private static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelRules model(List<RouteProperties> routes) {
        Map<String, Map<String, Wanted>> services = new LinkedHashMap<>();
        services.put("Meter", properties(Map.of()));
        services.put("good", properties(Map.of()));
        services.put("MeterMeter", properties(Map.of()));
        for (RouteProperties route : routes) {
            for (ServiceProperties service : route.services()) {
                String id = service.id();
                if (id != null && !id.contains("{") && random.nextInt(12) > 0) {
                    services.put(id, properties(service.properties()));
                }
            }
        }
        return new ModelRules(services);
    }

    private Map<String, Wanted> properties(Map<String, RuleProperties> declared) {
        Map<String, Wanted> properties = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>(List.of("v", "temp", "state", "hex", "0", "level", "w", "temperature"));
        for (int i = 0; i < 4; i++) {
            names.add("device-" + i);
        }
        names.forEach(name -> {
            if (random.nextInt(12) > 0) {
                properties.put(name, wanted(random.nextInt(5) > 0 ? usual(name) : Names.any(TYPES, random)));
            }
        });
        declared.forEach((name, rule) -> {
            if (!name.equals("*") && random.nextInt(15) > 0) {
                properties.put(name, wanted(random.nextInt(10) > 0 ? type(rule) : Names.any(TYPES, random)));
            }
        });
        return properties;
    }

    private static String usual(String name) {
        return name.equals("state") || name.equals("hex") ? "string" : "decimal";
    }

    /** The type that a rule most probably yields. */
    private String type(RuleProperties rule) {
        ValueType type = rule.type();
        if (type == null) {
            List<String> from = rule.from() == null ? List.of() : rule.from();
            boolean number = !from.isEmpty()
                    && List.of("v", "temp", "value", "flags", "ts").contains(lastName(from.getFirst()));
            boolean made = rule.pattern() != null || rule.text() != null || rule.letterCase() != null;
            return rule.bit() != null
                    ? "boolean"
                    : rule.scale() != null || rule.round() != null || rule.as() != null || number
                            ? "decimal"
                            : made ? "string" : Names.any(TYPES, random);
        }
        return switch (type) {
            case INT -> "int";
            case LONG -> "long";
            case DECIMAL -> "decimal";
            case STRING -> "string";
            case DATE_TIME -> "DateTime";
            case ENUM -> "enum";
            case BOOLEAN -> "boolean";
            case JSON_OBJECT -> "jsonObject";
            case STRING_LIST -> "string list";
        };
    }

    private static String lastName(String selector) {
        return selector.substring(selector.lastIndexOf('/') + 1);
    }

    private Wanted wanted(String type) {
        boolean numeric = List.of("int", "long", "decimal").contains(type);
        boolean bounded = numeric && random.nextInt(3) == 0;
        return new Wanted(
                type,
                bounded ? bound() : null,
                bounded ? bound() : null,
                numeric || random.nextInt(3) > 0 ? 0 : random.nextInt(12),
                random.nextInt(4) == 0 ? List.of("ON", "good", "5", "x") : List.of(),
                random.nextInt(15) == 0,
                random.nextInt(15) > 0,
                numeric && random.nextInt(4) == 0 ? new BigDecimal(random.nextBoolean() ? "0.1" : "2") : null);
    }

    private @Nullable BigDecimal bound() {
        String bound = Names.any(BOUNDS, random);
        return bound.isEmpty() ? null : new BigDecimal(bound);
    }

    private byte[] written(String product, ModelRules model) {
        return switch (random.nextInt(3)) {
            case 0 ->
                bytes(JsonNodeFactory.instance
                        .objectNode()
                        .put("product_id", product)
                        .set("service_capabilities", services(model, true)));
            case 1 -> bytes(JsonNodeFactory.instance.objectNode().set("services", services(model, false)));
            default -> archive(model);
        };
    }

    private static byte[] bytes(Object json) {
        return JsonMapper.shared().writeValueAsBytes(json);
    }

    private byte[] archive(ModelRules model) {
        ArrayNode types = JsonNodeFactory.instance.arrayNode();
        model.services()
                .keySet()
                .forEach(id -> types.addObject().put("serviceId", id).put("serviceType", id));
        ObjectNode devices = JsonNodeFactory.instance.objectNode();
        devices.putArray("devices").addObject().set("serviceTypeCapabilities", types);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            zip.putNextEntry(new ZipEntry("devicetype-capability.json"));
            zip.write(bytes(devices));
            for (Map.Entry<String, Map<String, Wanted>> service :
                    model.services().entrySet()) {
                ObjectNode file = JsonNodeFactory.instance.objectNode();
                file.putArray("services").add(service(service.getKey(), service.getValue(), false));
                zip.putNextEntry(new ZipEntry("service/" + service.getKey() + "/servicetype-capability.json"));
                zip.write(bytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private ArrayNode services(ModelRules model, boolean api) {
        ArrayNode services = JsonNodeFactory.instance.arrayNode();
        model.services().forEach((id, properties) -> services.add(service(id, properties, api)));
        return services;
    }

    /** In the spelling of the API, or in that of the console. */
    private ObjectNode service(String id, Map<String, Wanted> properties, boolean api) {
        ObjectNode service = JsonNodeFactory.instance.objectNode();
        service.put(api ? "service_id" : "serviceType", id);
        ArrayNode list = service.putArray("properties");
        properties.forEach((name, wanted) -> {
            ObjectNode property = list.addObject();
            property.put(api ? "property_name" : "propertyName", name);
            property.put(api ? "data_type" : "dataType", wanted.type());
            bound(property, "min", wanted.min());
            bound(property, "max", wanted.max());
            property.put(api ? "max_length" : "maxLength", wanted.maxLength());
            property.put("step", wanted.step());
            property.put("required", wanted.required());
            property.put("method", wanted.readable() ? "RW" : "W");
            if (wanted.listed().isEmpty()) {
                property.putNull(api ? "enum_list" : "enumList");
            } else {
                ArrayNode listed = property.putArray(api ? "enum_list" : "enumList");
                wanted.listed().forEach(listed::add);
            }
        });
        return service;
    }

    private void bound(ObjectNode property, String key, @Nullable BigDecimal bound) {
        if (bound == null) {
            property.put(key, "");
        } else if (random.nextBoolean()) {
            property.put(key, bound.toString());
        } else {
            property.put(key, bound);
        }
    }
}
