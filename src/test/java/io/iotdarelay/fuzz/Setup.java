package io.iotdarelay.fuzz;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.pipeline.Admissions;
import io.iotdarelay.testing.MapDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Random routes with all that belongs to them: models, schemas, and what admits their records. */
final class Setup {

    static final String GROUP = "fuzzers";

    private static final String[] KNOWN =
            IntStream.range(30, 99).mapToObj(i -> "device-" + i).toArray(String[]::new);

    private final Map<String, RouteProperties> properties = new LinkedHashMap<>();
    private final Map<String, Set<String>> features = new LinkedHashMap<>();
    private final List<Route> routes;
    private final RandomModels.Attempt models;
    private final Optional<RandomSchemas> schemas;
    private final RecordDecoders decoders;
    private final Admissions checked;
    private final Admissions unchecked;
    private final List<RouteProperties> declared;
    private final boolean refused;
    private final MapDirectory directory;

    Setup(RandomGenerator random, Path directory, Tallies tallies) {
        RandomRoutes.Attempt attempt = RandomRoutes.attempt(random);
        Optional<RandomModels.Attempt> modelled = Optional.of(RandomModels.Attempt.NONE);
        if (attempt.compiled().isPresent() && random.nextInt(3) == 0) {
            modelled = RandomModels.attempt(random, attempt, directory);
            if (modelled.isEmpty()) {
                tallies.verdict("models refused");
                attempt = RandomRoutes.withoutProducts(attempt.properties());
                modelled = RandomModels.attempt(random, attempt, directory);
            }
        }
        this.declared = attempt.properties();
        this.refused = attempt.compiled().isEmpty();
        this.routes = attempt.routes();
        this.models = modelled.orElse(RandomModels.Attempt.NONE);
        boolean several = attempt.properties().size() > 1;
        attempt.properties().forEach(route -> {
            properties.put(String.valueOf(route.name()), route);
            Set<String> of = Features.of(route);
            if (several) {
                of.add("several routes");
            }
            features.put(String.valueOf(route.name()), of);
        });
        this.schemas = attempt.properties().getFirst().format().needsSchema()
                ? Optional.of(new RandomSchemas(attempt.properties().getFirst().format(), random))
                : Optional.empty();
        this.decoders =
                schemas.map(known -> RecordDecoders.standard(known.registry())).orElseGet(RecordDecoders::standard);
        MapDirectory devices = madeDirectory();
        this.directory = devices;
        boolean rejectUnmatched = random.nextBoolean();
        this.checked = new Admissions(
                decoders,
                devices,
                new ModelCheck(
                        models::loaded,
                        RandomModels.Attempt::inDirectory,
                        (route, rule, action, times) -> tallies.verdict("model: " + rule + ", " + action)),
                rejectUnmatched);
        this.unchecked = new Admissions(decoders, devices, ModelCheck.none(), rejectUnmatched);
    }

    /** Some of the devices, of which two thirds are in a group, and what records call two of them. */
    private static MapDirectory madeDirectory() {
        MapDirectory devices =
                new MapDirectory().withNode("device-12", "device-13").withNode("device-22", "device-97");
        for (int i = 0; i < KNOWN.length; i++) {
            devices.with(KNOWN[i], "secret");
            if (i % 3 > 0) {
                devices.inGroup(GROUP, KNOWN[i]);
            }
        }
        return devices;
    }

    /** The devices that are known. */
    MapDirectory directory() {
        return directory;
    }

    /** Whether the configuration is wrong. */
    boolean isRefused() {
        return refused;
    }

    List<RouteProperties> declared() {
        return declared;
    }

    List<Route> routes() {
        return routes;
    }

    /** The first route's configuration, which says how values, keys and headers are written. */
    RouteProperties first() {
        return declared.getFirst();
    }

    RouteProperties properties(String route) {
        return Objects.requireNonNull(properties.get(route));
    }

    /** What a route makes use of. */
    Set<String> features(String route) {
        return features.getOrDefault(route, Set.of());
    }

    RandomModels.Attempt models() {
        return models;
    }

    Optional<RandomSchemas> schemas() {
        return schemas;
    }

    RecordDecoders decoders() {
        return decoders;
    }

    /** The relay's own way of a record. */
    Admissions checked() {
        return checked;
    }

    /** The same without models. */
    Admissions unchecked() {
        return unchecked;
    }
}
