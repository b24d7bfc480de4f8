import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists what the whole image is made of, in CycloneDX: the application's libraries, as the build lists them, the Java runtime, and the
 * operating system with its packages.
 *
 * <p>Run with the application's list, the runtime's directory, the root of the base image, and the file to write; with Jackson on the class
 * path.
 */
final class ImageSbom {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ImageSbom() {}

    public static void main(String[] arguments) throws IOException {
        ObjectNode list = (ObjectNode) JSON.readTree(Files.readString(Path.of(arguments[0])));
        Path runtime = Path.of(arguments[1]);
        Path root = Path.of(arguments[2]);
        Map<String, String> system = settings(root.resolve("etc/os-release"));

        ArrayNode components = list.withArray("components");
        runtime(components, settings(runtime.resolve("release")));
        if (system.containsKey("ID")) {
            system(components, system);
        }
        for (Map<String, String> each : packages(root.resolve("var/lib/dpkg"))) {
            debian(components, each, system);
        }
        list.withObject("metadata").remove("component");
        list.withObject("metadata")
                .putObject("component")
                .put("type", "container")
                .put("name", "iotda-relay")
                .put("bom-ref", "image");
        list.remove("dependencies"); // those of the libraries alone
        list.put(
                "serialNumber",
                "urn:uuid:" + UUID.nameUUIDFromBytes(components.toString().getBytes(StandardCharsets.UTF_8)));
        Files.writeString(Path.of(arguments[3]), JSON.writeValueAsString(list) + "\n");
    }

    private static void runtime(ArrayNode components, Map<String, String> release) {
        String version = release.getOrDefault("JAVA_VERSION", "unknown");
        ObjectNode runtime = components.addObject();
        runtime.put("type", "platform")
                .put("bom-ref", "pkg:generic/openjdk@" + version)
                .put("name", "openjdk")
                .put("version", version)
                .put("description", "Java runtime of the modules that the relay needs")
                .put("cpe", "cpe:2.3:a:oracle:openjdk:" + version + ":*:*:*:*:*:*:*")
                .put("purl", "pkg:generic/openjdk@" + version);
        ArrayNode properties = runtime.putArray("properties");
        release.forEach((name, value) -> {
            if (List.of("MODULES", "IMPLEMENTOR", "IMPLEMENTOR_VERSION", "JAVA_RUNTIME_VERSION").contains(name)) {
                properties.addObject().put("name", "java:release:" + name).put("value", value);
            }
        });
    }

    private static void system(ArrayNode components, Map<String, String> system) {
        components
                .addObject()
                .put("type", "operating-system")
                .put("bom-ref", "operating-system")
                .put("name", system.get("ID"))
                .put("version", system.getOrDefault("VERSION_ID", ""))
                .put("description", system.getOrDefault("PRETTY_NAME", ""));
    }

    private static void debian(ArrayNode components, Map<String, String> stanza, Map<String, String> system) {
        String distribution = system.getOrDefault("ID", "debian");
        String purl = "pkg:deb/" + distribution + "/" + stanza.get("Package") + "@"
                + stanza.get("Version").replace("+", "%2B").replace(":", "%3A") + "?arch=" + stanza.get("Architecture")
                + "&distro=" + distribution + "-" + system.getOrDefault("VERSION_ID", "");
        components
                .addObject()
                .put("type", "library")
                .put("bom-ref", purl)
                .put("name", stanza.get("Package"))
                .put("version", stanza.get("Version"))
                .put("purl", purl);
    }

    /** What dpkg says is installed: in one file, or as in distroless images in a file for each package. */
    private static List<Map<String, String>> packages(Path dpkg) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(dpkg.resolve("status"))) {
            files.add(dpkg.resolve("status"));
        }
        if (Files.isDirectory(dpkg.resolve("status.d"))) {
            try (Stream<Path> each = Files.list(dpkg.resolve("status.d"))) {
                each.filter(file -> !file.toString().endsWith(".md5sums")).sorted().forEach(files::add);
            }
        }
        List<Map<String, String>> packages = new ArrayList<>();
        for (Path file : files) {
            for (String stanza : Files.readString(file).split("\n\\s*\n")) {
                Map<String, String> fields = new HashMap<>();
                stanza.lines().filter(line -> line.matches("[A-Za-z-]+: .*")).forEach(line -> fields.putIfAbsent(
                        line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2).strip()));
                if (fields.containsKey("Package") && fields.containsKey("Version") && isInstalled(fields)) {
                    packages.add(fields);
                }
            }
        }
        return packages;
    }

    private static boolean isInstalled(Map<String, String> fields) {
        return fields.getOrDefault("Status", "install ok installed").endsWith(" installed");
    }

    /** Lines such as {@code NAME="value"}. */
    private static Map<String, String> settings(Path file) throws IOException {
        Map<String, String> settings = new HashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    settings.put(
                            line.substring(0, equals), line.substring(equals + 1).replaceAll("^\"|\"$", ""));
                }
            }
        }
        return settings;
    }
}
