package io.iotdarelay.compare;

import io.confluent.parallelconsumer.PollContext;
import io.netty.util.Version;
import io.vertx.core.impl.launcher.commands.VersionCommand;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.utils.AppInfoParser;
import org.springframework.kafka.listener.MessageListener;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What was measured on, and with what. */
final class Machine {

    private Machine() {}

    static ObjectNode describe() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("processor", processor());
        json.put("cores", cores());
        json.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("java", System.getProperty("java.runtime.version"));
        json.put("kafka", AppInfoParser.getVersion());
        json.put("reactor-netty", version(HttpClient.class));
        json.put("netty", netty());
        json.put("vertx", VersionCommand.getVersion());
        json.put("parallel-consumer", version(PollContext.class));
        json.put("spring-kafka", version(MessageListener.class));
        json.put("nginx", output("nginx", "-v").replace("nginx version: ", ""));
        json.put("commit", commit());
        return json;
    }

    /** Which jar it was, however it is called. */
    static String digest(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** That of the relay's repository. */
    static String commit() {
        return output("git", "describe", "--always", "--dirty", "--exclude=*");
    }

    private static String version(Class<?> of) {
        String jar = Path.of(
                        of.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return jar.replaceAll("^.*?-([0-9][^-]*)\\.jar$", "$1");
    }

    private static String netty() {
        Version version = Version.identify().get("netty-common");
        return version == null ? "unknown" : version.artifactVersion();
    }

    private static String processor() {
        return lines("/proc/cpuinfo").stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static long cores() {
        return lines("/proc/cpuinfo").stream()
                .filter(line -> line.startsWith("processor"))
                .count();
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(new File(System.getProperty("compare.root", ".")))
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
