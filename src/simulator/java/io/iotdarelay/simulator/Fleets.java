package io.iotdarelay.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The devices and products that a simulator starts with. */
final class Fleets {

    private static final String HEADER = "device_id,secret,gateway_id";

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

    /** Registers what a directory of the relay's lists: {@code device_id,secret,gateway_id,product_id}, the last two optional. */
    static void register(Simulator simulator, String directory) {
        List<String> lines = directory.lines().toList();
        List<String> columns = lines.isEmpty() ? List.of() : cells(lines.getFirst());
        if (!columns.containsAll(List.of("device_id", "secret"))) {
            throw new IllegalArgumentException("the first line must name the columns device_id and secret");
        }
        lines.stream()
                .skip(1)
                .filter(line -> !line.isBlank())
                .map(Fleets::cells)
                .forEach(cells -> {
                    String id = cell(columns, cells, "device_id");
                    String gateway = cell(columns, cells, "gateway_id");
                    SimulatedDevice device = gateway.isEmpty()
                            ? SimulatedDevice.direct(id, cell(columns, cells, "secret"))
                            : SimulatedDevice.child(id, gateway);
                    simulator.register(device.ofProduct(cell(columns, cells, "product_id")));
                });
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
        return List.of(line.strip().split(",", -1));
    }

    private static String cell(List<String> columns, List<String> cells, String name) {
        int index = columns.indexOf(name);
        return index < 0 || index >= cells.size() ? "" : cells.get(index).strip();
    }
}
