package io.iotdarelay.model;

import io.iotdarelay.decode.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a product model declares: for people and programs that write routes.
 *
 * @param product the ID of the product, where the file names it
 * @param services in the order of their IDs
 */
public record ModelOutline(Optional<String> product, List<Service> services) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,36}");

    /**
     * A service.
     *
     * @param properties in the order of their names
     */
    public record Service(String id, List<Property> properties) {}

    /**
     * A property.
     *
     * @param shown its name and type, with its range where it has one
     */
    public record Property(String name, DataType type, boolean required, String shown) {}

    /** What a file holds. */
    public sealed interface Reading {

        record Read(ModelOutline model) implements Reading {}

        /** The file holds no model. */
        record Wrong(List<String> problems) implements Reading {}
    }

    /** Reads a file, in either of the platform's forms. */
    public static Reading read(Path file) {
        ModelFile.Reading reading = ModelFile.read(file, "model");
        return reading.product().isPresent()
                ? new Reading.Read(of(product(file), reading.product().get()))
                : new Reading.Wrong(reading.problems());
    }

    /** Archives do not name it. */
    private static Optional<String> product(Path file) {
        try {
            JsonNode id = StrictJson.reader().readTree(Files.readAllBytes(file)).path("product_id");
            return id.isString() && ID.matcher(id.asString()).matches() ? Optional.of(id.asString()) : Optional.empty();
        } catch (IOException | JacksonException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The outline of a model. */
    static ModelOutline of(Product product) {
        return of(Optional.of(product.id()), product);
    }

    private static ModelOutline of(Optional<String> id, Product product) {
        return new ModelOutline(
                id,
                product.services().values().stream()
                        .map(service -> new Service(
                                service.id(),
                                service.properties().values().stream()
                                        .map(property -> new Property(
                                                property.name(),
                                                property.type(),
                                                property.required(),
                                                property.shown()))
                                        .sorted(Comparator.comparing(Property::name))
                                        .toList()))
                        .sorted(Comparator.comparing(Service::id))
                        .toList());
    }
}
