package io.iotdarelay.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;

/** Settings in a YAML file of their own. Nothing else counts: neither the environment, nor placeholders for it. */
public final class SettingsFile {

    private static final int LONGEST_MESSAGE = 300;

    private SettingsFile() {}

    /**
     * Reads a file.
     *
     * @param prefix what is before the keys of the file, such as {@code relay.}
     * @param path the key that names the file, for problems
     * @throws IOException if the file cannot be read
     * @throws InvalidSettingsException if it is not YAML
     */
    public static ConfigurableEnvironment read(Path file, String prefix, String path) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        List.copyOf(environment.getPropertySources().stream().toList())
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        for (PropertySource<?> document : load(file, path)) {
            if (document instanceof MapPropertySource map) {
                Map<String, Object> prefixed = new LinkedHashMap<>();
                map.getSource().forEach((key, value) -> prefixed.put(prefix + key, value));
                environment
                        .getPropertySources()
                        .addLast(new OriginTrackedMapPropertySource(file.toString(), prefixed, true));
            }
        }
        return environment;
    }

    private static List<PropertySource<?>> load(Path file, String path) throws IOException {
        Resource content = new Content(Files.readAllBytes(file), file);
        try {
            List<PropertySource<?>> documents = new YamlPropertySourceLoader().load(file.toString(), content);
            if (documents.size() > 1) {
                throw invalid(path, file + " contains several YAML documents, expected one");
            }
            return documents;
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (RuntimeException e) { // whatever the parser throws
            String message =
                    String.valueOf(e.getMessage()).lines().map(String::strip).collect(Collectors.joining(" "));
            throw invalid(
                    path,
                    file + " is not valid YAML: " + message.substring(0, Math.min(LONGEST_MESSAGE, message.length())));
        }
    }

    /** What a file held at one moment. */
    private static final class Content extends ByteArrayResource {

        private final Path file;

        Content(byte[] bytes, Path file) {
            super(bytes);
            this.file = file;
        }

        @Override
        public String getFilename() {
            return file.toString();
        }

        @Override
        public String getDescription() {
            return file.toString();
        }
    }

    private static InvalidSettingsException invalid(String path, String message) {
        return new InvalidSettingsException(List.of(new SettingsProblem(path, message)));
    }
}
