package io.iotdarelay.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The devices and products that exist, for both sides. Any thread. */
final class Registry {

    /**
     * A device, and what has become of it.
     *
     * @param number counts devices and products in the order in which they were registered
     * @param active since when it has spoken to the platform; null for never
     * @param timeout when it is deleted unless it has spoken by then; zero for never
     */
    record Entry(
            SimulatedDevice device,
            long number,
            Instant created,
            @Nullable Instant active,
            Duration timeout,
            String description) {

        Entry with(SimulatedDevice changed) {
            return new Entry(changed, number, created, active, timeout, description);
        }

        private Entry active(Instant since) {
            return new Entry(device, number, created, since, timeout, description);
        }

        private boolean isOver(Clock clock) {
            return active == null && !timeout.isZero() && !clock.instant().isBefore(created.plus(timeout));
        }
    }

    /**
     * A registered product.
     *
     * @param definition as it was given, in the form of the API
     */
    record Product(String id, long number, Instant created, SimulatedProduct model, ObjectNode definition) {}

    private final Clock clock;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Long, String> order = new ConcurrentSkipListMap<>();
    private final Map<String, String> nodes = new HashMap<>();
    private final Map<String, Product> products = new ConcurrentHashMap<>();
    private long numbers;

    Registry(Clock clock) {
        this.clock = clock;
    }

    /** The device of that ID; null if there is none, or none any more. */
    @Nullable
    Entry find(String id) {
        Entry entry = entries.get(id);
        if (entry != null && entry.isOver(clock)) {
            remove(id);
            return null;
        }
        return entry;
    }

    @Nullable
    SimulatedDevice device(String id) {
        Entry entry = find(id);
        return entry == null ? null : entry.device();
    }

    /** Registers a device, or replaces that of the same ID. */
    synchronized void register(SimulatedDevice device) {
        Entry known = entries.get(device.id());
        if (known == null) {
            add(device, Duration.ZERO, "");
        } else {
            nodes.remove(node(known.device()));
            put(known.with(device));
        }
    }

    /** Registers a device unless its ID, or its node of that product, is there already. */
    synchronized boolean create(SimulatedDevice device, Duration timeout, String description) {
        String sameNode = nodes.get(node(device));
        if (find(device.id()) != null || (sameNode != null && find(sameNode) != null)) {
            return false;
        }
        add(device, timeout, description);
        return true;
    }

    synchronized boolean remove(String id) {
        Entry removed = entries.remove(id);
        if (removed != null) {
            order.remove(removed.number());
            nodes.remove(node(removed.device()));
        }
        return removed != null;
    }

    synchronized void change(String id, UnaryOperator<SimulatedDevice> change) {
        entries.computeIfPresent(id, (same, entry) -> entry.with(change.apply(entry.device())));
    }

    /** It has spoken. */
    void activate(String id) {
        Entry entry = entries.get(id);
        if (entry != null && entry.active() == null) {
            entries.computeIfPresent(id, (same, idle) -> idle.active(clock.instant()));
        }
    }

    Collection<Entry> all() {
        return List.copyOf(entries.values());
    }

    /** Those that were registered before a number, newest first. */
    Stream<Entry> before(long number) {
        return order.headMap(number).descendingMap().values().stream()
                .map(this::find)
                .filter(entry -> entry != null);
    }

    synchronized void register(String productId, SimulatedProduct model, ObjectNode definition) {
        Product known = products.get(productId);
        products.put(
                productId,
                new Product(
                        productId,
                        known == null ? ++numbers : known.number(),
                        known == null ? clock.instant() : known.created(),
                        model,
                        definition));
    }

    @Nullable
    Product product(String id) {
        return products.get(id);
    }

    Collection<Product> products() {
        return List.copyOf(products.values());
    }

    /** What a device's reports are checked against; null for nothing. */
    @Nullable
    SimulatedProduct modelOf(String device) {
        SimulatedDevice registered = device(device);
        if (registered == null || registered.product() != null) {
            return registered == null ? null : registered.product();
        }
        Product product = products.get(registered.productId());
        return product == null ? null : product.model();
    }

    private void add(SimulatedDevice device, Duration timeout, String description) {
        Entry entry = new Entry(device, ++numbers, clock.instant(), null, timeout, description);
        order.put(entry.number(), device.id());
        put(entry);
    }

    private void put(Entry entry) {
        entries.put(entry.device().id(), entry);
        if (!entry.device().productId().isEmpty()) {
            nodes.put(node(entry.device()), entry.device().id());
        }
    }

    private static String node(SimulatedDevice device) {
        return device.productId() + "\n" + device.nodeId();
    }
}
