package io.iotdarelay.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.csv.CsvMapper;

/** The devices and products that a simulator starts with. */
final class Fleets {

    private static final String HEADER = "device_id,secret,gateway_id";

    private static final ObjectReader CSV_LINE = CsvMapper.shared().readerFor(String[].class);

    private Fleets() {}

    /** Registers device-0, gateway-0, gateway-0-child-0 and so on, and gives the relay's directory of them. */
    static String generate(Simulator simulator, int devices, int gateways, int children) {
        StringBuilder directory = new StringBuilder(HEADER).append('\n');
        for (int i = 0; i < devices; i++) {
            direct(simulator, directory, "device-" + i);
        }
        for (int i = 0; i < gateways; i++) {
            String gateway = "gateway-" + i;
            direct(simulator, directory, gateway);
            for (int j = 0; j < children; j++) {
                String child = gateway + "-child-" + j;
                simulator.register(SimulatedDevice.child(child, gateway));
                directory.append(child).append(",,").append(gateway).append('\n');
            }
        }
        return directory.toString();
    }

    private static void direct(Simulator simulator, StringBuilder directory, String id) {
        SimulatedDevice device = SimulatedDevice.direct(id, "secret-of-" + id);
        simulator.register(device);
        directory.append(id).append(',').append(device.secret()).append(",\n");
    }

    /**
     * Registers what a directory of the relay lists, in CSV: {@code device_id,secret} and perhaps
     * {@code gateway_id,product_id,node_id}, in any order.
     *
     * @param problems lines that are left out, and why
     */
    static void register(Simulator simulator, String directory, Consumer<String> problems) {
        List<String> lines = lines(directory);
        List<String> columns = lines.isEmpty() ? List.of() : cells(lines.getFirst());
        if (!columns.containsAll(List.of("device_id", "secret"))) {
            throw new IllegalArgumentException("the first line must name the columns device_id and secret");
        }
        each(lines, 1, problems, line -> {
            List<String> cells = cells(line);
            return add(simulator, name -> {
                int index = columns.indexOf(name);
                return index < 0 || index >= cells.size() ? "" : cells.get(index);
            });
        });
    }

    /** The same where each line is a JSON object. */
    static void registerLines(Simulator simulator, String directory, Consumer<String> problems) {
        each(lines(directory), 0, problems, line -> {
            JsonNode entry = Json.parse(line.getBytes(StandardCharsets.UTF_8));
            return entry.isObject()
                    ? add(simulator, name -> entry.path(name).asString(""))
                    : Optional.of("cannot be read");
        });
    }

    private static List<String> lines(String text) {
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
    }

    private static void each(
            List<String> lines, int from, Consumer<String> problems, Function<String, Optional<String>> reader) {
        for (int i = from; i < lines.size(); i++) {
            String place = "line " + (i + 1) + ": ";
            if (!lines.get(i).isBlank()) {
                try {
                    reader.apply(lines.get(i)).ifPresent(problem -> problems.accept(place + problem));
                } catch (JacksonException e) {
                    problems.accept(place + "cannot be read");
                }
            }
        }
    }

    /** Registers a device by its fields, or says why it cannot be. */
    private static Optional<String> add(Simulator simulator, UnaryOperator<String> field) {
        String id = field.apply("device_id");
        String secret = field.apply("secret");
        String gateway = field.apply("gateway_id");
        String node = field.apply("node_id");
        if (!Inputs.DEVICE_ID.matcher(id).matches()) {
            return Optional.of("device_id is missing or invalid");
        }
        if (secret.isEmpty() && gateway.isEmpty()) {
            return Optional.of("neither secret nor gateway_id");
        }
        SimulatedDevice device = gateway.isEmpty()
                ? SimulatedDevice.direct(id, secret)
                : SimulatedDevice.child(id, gateway).withSecret(secret);
        simulator.register(device.ofProduct(field.apply("product_id"))
                .named(node.isEmpty() ? id : node, node.isEmpty() ? id : node));
        return Optional.empty();
    }

    /** Registers a product, or each of a list, in the form of the API. */
    static void registerProducts(Simulator simulator, String json) {
        JsonNode products = Json.parse(json.getBytes(StandardCharsets.UTF_8));
        if (products.isMissingNode()) {
            throw new IllegalArgumentException("the products are no JSON");
        }
        for (JsonNode product : products.isArray() ? products : Json.array().add(products)) {
            simulator.registerProduct(product.toString());
        }
    }

    private static List<String> cells(String line) {
        return Arrays.stream(CSV_LINE.<String[]>readValue(line))
                .map(String::strip)
                .toList();
    }
}
