package io.iotdarelay.mapping;

import io.iotdarelay.model.RouteShape;
import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.Requirements;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The routes.
 *
 * @param routes which topics become which reports, and how. At least one, unless {@code mapping} names a file of them.
 * @param mapping a YAML file with the key {@code routes}, in place of the routes here, for example
 *     {@code file:/etc/iotda-relay/mapping.yaml}. It is read again within two seconds when it changes. If anything in it is
 *     wrong, the routes that were read before stay in force.
 */
@ConfigurationProperties("relay")
public record RoutesProperties(
        @DefaultValue List<RouteProperties> routes,
        @Nullable String mapping) {

    public RoutesProperties {
        new Requirements("relay")
                .that(
                        mapping == null || routes.isEmpty(),
                        "mapping",
                        "routes are either in this file or in relay.routes, not in both")
                .check();
    }

    /** Where the file is, if there is one. */
    public Optional<Path> file() {
        return Optional.ofNullable(mapping).map(FileLocation::path);
    }

    /** What routes declare to send, as far as it is known before the first record. */
    public static List<RouteShape> shapes(List<RouteProperties> routes) {
        return RouteShapes.of(routes);
    }
}
