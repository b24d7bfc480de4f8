import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes the native libraries of this machine's architecture out of the jars, so that none of them has to be unpacked into a
 * temporary directory at run time: there may be none that can be written, or one from which nothing may be executed. What is left of
 * such libraries in the jars, for this system and others, is removed: 9 MB.
 *
 * <p>Run with the directory of jars and the directory to write.
 */
final class NativeLibraries {

    private record Library(String jar, Pattern entry, String name) {}

    private static final String CPU =
            switch (System.getProperty("os.arch")) {
                case "amd64" -> "(amd64|x86_64)";
                case "aarch64" -> "(aarch64|aarch_64)";
                default -> throw new IllegalStateException("no native libraries for " + System.getProperty("os.arch"));
            };

    private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib)");

    private static final List<Library> LIBRARIES = List.of(
            new Library("zstd-jni-*.jar", Pattern.compile("linux/" + CPU + "/libzstd-jni-.*\\.so"), "libzstd-jni.so"),
            new Library("snappy-java-*.jar", Pattern.compile(".*/Linux/" + CPU + "/libsnappyjava\\.so"), "libsnappyjava.so"),
            new Library("lz4-java-*.jar", Pattern.compile(".*/linux/" + CPU + "/liblz4-java\\.so"), "liblz4-java.so"),
            new Library(
                    "netty-transport-native-epoll-*.jar",
                    Pattern.compile("META-INF/native/libnetty_transport_native_epoll_" + CPU + "\\.so"),
                    ""));

    public static void main(String[] arguments) throws IOException {
        Path target = Files.createDirectories(Path.of(arguments[1]));
        for (Library library : LIBRARIES) {
            boolean found = false;
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), library.jar())) {
                for (Path jar : jars) {
                    found |= copy(jar, library, target);
                }
            }
            if (!found) {
                throw new IllegalStateException("no jar holds " + library);
            }
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "{zstd-jni,snappy-java,lz4-java}-*.jar")) {
            for (Path jar : jars) {
                strip(jar);
            }
        }
    }

    /** Leaves the classes: the libraries are those of other systems, and copies. */
    private static void strip(Path jar) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(jar);
                Stream<Path> files = Files.walk(zip.getPath("/"))) {
            for (Path file : files.filter(path -> NATIVE.matcher(path.toString()).matches()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean copy(Path jar, Library library, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries = zip.stream()
                    .filter(entry -> library.entry().matcher(entry.getName()).matches())
                    .toList();
            entries.forEach(entry -> copy(zip, entry, target.resolve(
                    library.name().isEmpty() ? Path.of(entry.getName()).getFileName().toString() : library.name())));
            return !entries.isEmpty();
        }
    }

    private static void copy(ZipFile zip, ZipEntry entry, Path target) {
        try (InputStream content = zip.getInputStream(entry)) {
            Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
