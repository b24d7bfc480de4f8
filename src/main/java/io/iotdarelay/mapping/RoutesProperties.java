package io.iotdarelay.mapping;

import io.iotdarelay.model.RouteShape;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The routes.
 *
 * @param routes which topics become which reports, and how. At least one.
 */
@ConfigurationProperties("relay")
public record RoutesProperties(@DefaultValue List<RouteProperties> routes) {

    /** What the routes declare to send, as far as it is known before the first record. */
    public List<RouteShape> shapes() {
        return RouteShapes.of(routes);
    }
}
