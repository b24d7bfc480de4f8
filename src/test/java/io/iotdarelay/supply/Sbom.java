package io.iotdarelay.supply;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The list of what the relay is made of, in CycloneDX, as the build writes it. */
public record Sbom(List<Component> components) {

    /** Where the build puts it, and the class path finds it. */
    public static final String RESOURCE = "META-INF/sbom/application.cdx.json";

    /** The only jar that is not listed: Spring Boot's own tool for unpacking, added after the list is made. */
    public static final String UNLISTED = "spring-boot-jarmode-tools-";

    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

    /**
     * A library.
     *
     * @param purl its name in the package URL scheme
     * @param licences by SPDX's identifiers, or as the library names them where there is none
     */
    public record Component(String group, String name, String version, String purl, List<String> licences) {

        /** Starters hold nothing; Spring Boot leaves them out of the jar. */
        private boolean isStarter() {
            return name.startsWith("spring-boot-starter");
        }

        /** As it is called in {@code BOOT-INF/lib}. */
        private String file() {
            Matcher classifier = CLASSIFIER.matcher(purl);
            return name + "-" + version + (classifier.find() ? "-" + classifier.group(1) : "") + ".jar";
        }

        @Override
        public String toString() {
            return purl;
        }
    }

    /** That of the classes that were compiled last. */
    public static Sbom ofTheBuild() {
        return of(Yaml.text(Path.of("target/classes", RESOURCE)));
    }

    public static Sbom of(String json) {
        return new Sbom(JsonMapper.shared()
                .readTree(json)
                .path("components")
                .valueStream()
                .map(Sbom::component)
                .sorted(Comparator.comparing(Component::purl))
                .toList());
    }

    /** The jars that hold them. */
    public List<String> files() {
        return components.stream()
                .filter(library -> !library.isStarter())
                .map(Component::file)
                .toList();
    }

    private static Component component(JsonNode json) {
        return new Component(
                json.path("group").asString(""),
                json.path("name").asString(""),
                json.path("version").asString(""),
                json.path("purl").asString(""),
                json.path("licenses").valueStream().map(Sbom::licence).toList());
    }

    private static String licence(JsonNode json) {
        JsonNode named = json.path("license");
        return json.path("expression")
                .asString(named.path("id").asString(named.path("name").asString("")));
    }
}
