package io.iotdarelay.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.utils.AppInfoParser;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What was measured on, and with what. */
final class Machine {

    private Machine() {}

    static ObjectNode describe() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("processor", processor());
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("cores-of-machine", cores());
        json.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("java", System.getProperty("java.runtime.version"));
        json.put("kafka", AppInfoParser.getVersion());
        json.put("reactor-netty", version(HttpClient.class));
        json.put("netty", io.netty.util.Version.identify().get("netty-common").artifactVersion());
        json.put("vertx", io.vertx.core.impl.launcher.commands.VersionCommand.getVersion());
        json.put("parallel-consumer", version(io.confluent.parallelconsumer.PollContext.class));
        json.put("spring-kafka", version(org.springframework.kafka.listener.MessageListener.class));
        json.put("nginx", output("nginx", "-v").replace("nginx version: ", ""));
        json.put("commit", commit());
        return json;
    }

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
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
