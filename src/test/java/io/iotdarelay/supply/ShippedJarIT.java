package io.iotdarelay.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Tool;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The jar that the build has just made, and that of the simulator. */
@Execution(ExecutionMode.CONCURRENT)
class ShippedJarIT {

    private static final Path JAR = Path.of("target/iotda-relay.jar");
    private static final Path SIMULATOR = Path.of("target/iotda-relay-simulator.jar");

    private static final Tool MAVEN = new Tool(List.of("mvn"), "Maven");

    /** Not offline: the plugin that writes the SBOM would silently be left out. */
    private static final String GOALS =
            "--batch-mode -Dmaven.test.skip -Dspotless.check.skip -Denforcer.skip -Djacoco.skip package";

    @Test
    void listsExactlyTheLibrariesThatItHolds() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            // When
            Set<String> held = new TreeSet<>(jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length()))
                    .filter(name -> !name.startsWith(Sbom.UNLISTED))
                    .toList());
            String place = jar.getManifest().getMainAttributes().getValue("Sbom-Location");
            Sbom sbom =
                    Sbom.of(new String(jar.getInputStream(jar.getEntry(place)).readAllBytes(), StandardCharsets.UTF_8));

            // Then
            assertThat(sbom.files()).containsExactlyInAnyOrderElementsOf(held);
        }
    }

    /** Or Java would warn at each start of native libraries, and refuse them one day. */
    @Test
    void allowsItsNativeLibraries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Enable-Native-Access"))
                    .isEqualTo("ALL-UNNAMED");
        }
    }

    /**
     * Built once more from a copy elsewhere, in another time zone and language, with another mask for new files. Spring Boot
     * writes the zone that Maven runs in into the jar, so {@code .mvn/jvm.config} sets it.
     */
    @Test
    void isTheSameByteForByteWhereverItIsBuilt(@TempDir Path elsewhere) throws Exception {
        // Given
        Path copy = elsewhere.resolve("a longer/way");
        for (String part : List.of("pom.xml", ".mvn", "docs", "src/main", "src/simulator")) {
            copy(Path.of(part), copy.resolve(part));
        }

        // When
        Path log = elsewhere.resolve("log");
        ProcessBuilder build = new ProcessBuilder("sh", "-c", "umask 077; exec " + MAVEN.path() + " " + GOALS)
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        build.environment().putAll(Map.of("TZ", "Asia/Kathmandu", "LC_ALL", "C", "USER", "somebody-else"));
        // The manifest names the Java release that Maven runs on.
        build.environment().put("JAVA_HOME", System.getProperty("maven.java.home", System.getProperty("java.home")));
        assertThat(build.start().waitFor()).as(() -> Yaml.text(log)).isZero();

        // Then
        for (Path jar : List.of(JAR, SIMULATOR)) {
            Path second = copy.resolve(jar.toString());
            assertThat(entries(second)).isEqualTo(entries(jar));
            assertThat(Files.mismatch(second, jar))
                    .as("first byte of %s that differs", jar)
                    .isEqualTo(-1);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    /** Checksums by name: they show what differs. */
    private static Map<String, Long> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Map<String, Long> entries = new TreeMap<>();
            file.stream().forEach(entry -> entries.put(entry.getName(), entry.getCrc()));
            return entries;
        }
    }
}
