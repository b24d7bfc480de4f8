package io.iotdarelay;

import io.iotdarelay.mapping.MappingFile;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.RouteCompiler.Compilation;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RoutesProperties;
import io.iotdarelay.model.RouteShape;
import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsFile;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.boot.origin.Origin;

/**
 * A mapping in a file of its own.
 *
 * @param reserved topics that no route may read, each with its purpose
 */
record RelayMapping(Path file, Map<String, String> reserved) implements MappingFile.Reading {

    private static final String KEY = "relay.mapping";

    /**
     * What the file says.
     *
     * @param declared the routes as they are written, as far as they can be read
     * @param origins where a key is written, for messages
     */
    record Content(
            List<RouteProperties> declared, Compilation compilation, Function<String, Optional<Origin>> origins) {

        /** What the routes declare to send; incomplete if they are wrong. */
        List<RouteShape> shapes() {
            return RoutesProperties.shapes(declared);
        }
    }

    @Override
    public Compilation read() throws IOException {
        return content().compilation();
    }

    private Content content() throws IOException {
        List<RouteProperties> declared = List.of();
        Function<String, Optional<Origin>> origins = RelayMapping::nowhere;
        try (SettingsReader reader = new SettingsReader(SettingsFile.read(file, "relay.", KEY))) {
            origins = reader::origin;
            RoutesProperties properties =
                    reader.readAsFarAsPossible(RoutesProperties.class).orElse(new RoutesProperties(List.of(), null));
            declared = properties.routes();
            Compilation compilation = RouteCompiler.compile(properties.routes(), reserved);
            if (compilation instanceof Compilation.Wrong wrong) {
                reader.add(wrong.problems());
            }
            if (properties.file().isPresent()) {
                reader.add(List.of(new SettingsProblem(KEY, "is not allowed in the file of the mapping")));
            }
            reader.check("relay");
            return new Content(declared, compilation, origins);
        } catch (InvalidSettingsException e) {
            return new Content(declared, new Compilation.Wrong(e.problems()), origins);
        }
    }

    /** The same for the start: what cannot be read is a problem like any other. */
    Content readAtStart() {
        try {
            return content();
        } catch (IOException e) {
            return new Content(
                    List.of(),
                    new Compilation.Wrong(List.of(new SettingsProblem(
                            KEY, file + " cannot be read: " + e.getClass().getSimpleName()))),
                    RelayMapping::nowhere);
        }
    }

    private static Optional<Origin> nowhere(String path) {
        return Optional.empty();
    }
}
