package io.iotdarelay.model;

import io.iotdarelay.decode.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the model of a product from a file, in either of the platform's forms. */
final class ModelFile {

    /** The platform takes 500 KB of services, and archives of 4 MB. */
    static final int MAX_SIZE = 4 * 1024 * 1024;

    /**
     * What was read.
     *
     * @param product empty if anything is wrong
     * @param problems what is wrong, each with its place in the file
     * @param warnings what is allowed, but probably a mistake
     */
    record Reading(Optional<Product> product, List<String> problems, List<String> warnings) {

        Reading {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        static Reading failed(String problem) {
            return new Reading(Optional.empty(), List.of(problem), List.of());
        }
    }

    /**
     * A service, where it stands.
     *
     * @param place a file in an archive, and a JSON Pointer
     * @param id empty where the node names it itself
     */
    record Source(String place, @Nullable String id, JsonNode node) {}

    private ModelFile() {}

    /** Reads the model of this product. Never throws for what may be wrong with a file. */
    static Reading read(Path file, String productId) {
        try {
            if (Files.size(file) > MAX_SIZE) {
                return Reading.failed(file + ": is larger than " + MAX_SIZE / 1024 / 1024 + " MB");
            }
            byte[] bytes = Files.readAllBytes(file);
            return isArchive(bytes) ? archive(file, productId) : json(file, bytes, productId);
        } catch (NoSuchFileException e) {
            return Reading.failed(file + ": does not exist");
        } catch (IOException e) {
            return Reading.failed(file + ": cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** Archives begin with the letters PK. */
    private static boolean isArchive(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
    }

    private static Reading archive(Path file, String productId) {
        Problems problems = new Problems();
        List<Source> sources = ModelArchive.read(file, problems);
        return compile(file + ": ", productId, sources, problems, List.of());
    }

    private static Reading json(Path file, byte[] bytes, String productId) {
        Problems problems = new Problems();
        JsonNode root = parse(bytes, "", problems);
        if (root == null) {
            return compile(file + ": ", productId, List.of(), problems, List.of());
        }
        List<Source> sources = new ArrayList<>();
        JsonNode services = root.path("service_capabilities");
        JsonNode offline = root.path("services");
        if (services.isArray()) {
            addAll(sources, "/service_capabilities", services);
        } else if (offline.isArray()) {
            addAll(sources, "/services", offline);
        } else {
            problems.add(
                    "",
                    root.has("devices")
                            ? "is a device type without its services: name the archive (.zip) that the console exports"
                            : "has neither service_capabilities, as the API writes models, nor services, as the console does");
        }
        String own = root.path("product_id").asString("");
        List<String> warnings = own.isEmpty() || own.equals(productId)
                ? List.of()
                : List.of("the file belongs to product " + own + " according to its product_id");
        return compile(file + ": ", productId, sources, problems, warnings);
    }

    /**
     * Reads the model of this product from an answer of the platform. One without services is refused: a product that takes no report is
     * more likely to be a mistake than meant, and every report would break it.
     */
    static Reading answer(byte[] bytes, String productId) {
        Problems problems = new Problems();
        List<Source> sources = new ArrayList<>();
        JsonNode root = bytes.length > MAX_SIZE ? null : parse(bytes, "", problems);
        problems.require(bytes.length <= MAX_SIZE, "", "is larger than " + MAX_SIZE / 1024 / 1024 + " MB");
        if (root != null) {
            JsonNode services = root.path("service_capabilities");
            problems.require(
                    root.path("product_id").asString(productId).equals(productId),
                    "/product_id",
                    "is that of another product");
            if (problems.require(
                    services.isArray() && !services.isEmpty(),
                    "/service_capabilities",
                    "expected one service or more")) {
                addAll(sources, "/service_capabilities", services);
            }
        }
        return compile("", productId, sources, problems, List.of());
    }

    private static void addAll(List<Source> sources, String path, JsonNode services) {
        for (int i = 0; i < services.size(); i++) {
            sources.add(new Source(path + "/" + i, null, services.get(i)));
        }
    }

    /** A tree; empty where the bytes are no JSON. */
    static @Nullable JsonNode parse(byte[] bytes, String place, Problems problems) {
        try {
            JsonNode root = StrictJson.reader().readTree(bytes);
            if (problems.require(root.isObject(), place, "expected a JSON object")) {
                return root;
            }
        } catch (JacksonException e) {
            problems.add(
                    place,
                    "is not valid JSON: line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr());
        } catch (NumberFormatException e) { // an exponent beyond what a decimal can hold: Jackson lets it through
            problems.add(place, "is not valid JSON: a number is out of range");
        }
        return null;
    }

    private static Reading compile(
            String origin, String productId, List<Source> sources, Problems problems, List<String> warnings) {
        ProductCompiler compiler = new ProductCompiler(productId, problems);
        Product product = compiler.compile(sources);
        List<String> wrong =
                problems.all().stream().map(problem -> origin + problem).toList();
        List<String> odd = new ArrayList<>(warnings);
        odd.addAll(compiler.warnings());
        return new Reading(wrong.isEmpty() ? Optional.of(product) : Optional.empty(), wrong, odd);
    }
}
