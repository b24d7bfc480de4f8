package io.iotdarelay.operate;

import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.model.ModelOutline;
import io.iotdarelay.model.ProductStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The product models in force: {@code GET /actuator/models} shows where each comes from and what changed last, and
 * {@code GET /actuator/models/PRODUCT} its services with their types and effective ranges.
 */
@Endpoint(id = "models")
final class ModelsEndpoint {

    /**
     * One product.
     *
     * @param services by their IDs, their properties with types and effective ranges; only where one product was asked for
     */
    record Shown(
            String source,
            String state,
            @Nullable Instant answered,
            @Nullable String reason,
            @Nullable Instant changed,
            @Nullable List<String> changes,
            @Nullable List<String> warnings,
            @Nullable Map<String, List<String>> services) {}

    private final ModelKeeper keeper;

    ModelsEndpoint(ModelKeeper keeper) {
        this.keeper = keeper;
    }

    @ReadOperation
    Map<String, Shown> models() {
        Map<String, Shown> all = new LinkedHashMap<>();
        keeper.products().forEach(status -> all.put(status.product(), shown(status, null, null)));
        return all;
    }

    @ReadOperation
    @Nullable
    Shown model(@Selector String product) {
        return keeper.products().stream()
                .filter(status -> status.product().equals(product))
                .map(status -> shown(status, warnings(product), services(product)))
                .findFirst()
                .orElse(null);
    }

    private List<String> warnings(String product) {
        String prefix = "product " + product + ": ";
        return keeper.warnings().stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    private Map<String, List<String>> services(String product) {
        Map<String, List<String>> services = new LinkedHashMap<>();
        keeper.outline(product)
                .ifPresent(outline -> outline.services()
                        .forEach(service -> services.put(
                                service.id(),
                                service.properties().stream()
                                        .map(ModelOutline.Property::shown)
                                        .toList())));
        return services;
    }

    private static Shown shown(
            ProductStatus status, @Nullable List<String> warnings, @Nullable Map<String, List<String>> services) {
        Optional<ProductStatus.Change> change = status.change();
        return new Shown(
                status.source().toString(),
                status.state().code(),
                status.answered().orElse(null),
                status.reason().orElse(null),
                change.map(ProductStatus.Change::at).orElse(null),
                change.map(ProductStatus.Change::what).orElse(null),
                warnings,
                services);
    }
}
