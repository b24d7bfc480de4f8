package io.iotdarelay.mapping;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The routes.
 *
 * @param routes which topics become which reports, and how. At least one.
 */
@ConfigurationProperties("relay")
public record RoutesProperties(@DefaultValue List<RouteProperties> routes) {}
