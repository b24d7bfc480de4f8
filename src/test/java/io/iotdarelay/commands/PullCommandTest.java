package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.appside.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullCommandTest {

    private static final String MODEL = """
            {"product_id":"p","name":"n","service_capabilities":[{"service_id":"Meter",
            "properties":[{"property_name":"t","data_type":"decimal","min":"-40","max":"85"}]}]}""";

    @TempDir
    private Path folder;

    private final FakeApplication application = new FakeApplication();

    @Test
    void writesAFileThatTheRelayTakes() {
        application.products.put("p", MODEL);

        CommandRun run = pull("p");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("written        p  " + folder.resolve("p.json"));
        Workplace place = Workplace.valid(folder);
        place.change("relay:\n", "relay:\n  models.products.p: file:" + folder.resolve("p.json") + "\n");
        assertThat(CommandRun.of("check", place.config()).out()).contains("nothing found");
        assertThat(pull("p").out()).contains("unchanged      p");
        application.products.put("p", MODEL.replace("85", "95"));
        assertThat(pull("p", "--dry-run").exitCode()).isEqualTo(1);
        assertThat(folder.resolve("p.json")).content().contains("85");
        assertThat(pull("p").out()).contains("changed        p");
        assertThat(folder.resolve("p.json")).content().contains("95").doesNotContain("85");
    }

    @Test
    void pullsWhatTheConfigurationNames() {
        application.products.put("p", MODEL);
        application.products.put("q", MODEL.replace("\"p\"", "\"q\""));
        Workplace place = Workplace.valid(folder);
        place.write("devices.csv", "device_id,secret,gateway_id,product_id\na,secret-1,,q\n");
        place.change("to: properties", "to: properties\n      product: p");

        CommandRun run = pull(place.config());

        assertThat(run.out()).contains("written        p", "written        q");
    }

    @Test
    void tellsWhatIsAbsentOrNotFetched() {
        application.failure = call ->
                call.endsWith("q") ? Optional.of(new Answer.Misconfigured<>("no rights", false)) : Optional.empty();

        CommandRun run = pull("p", "q", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().at("/summary/absent").asInt()).isEqualTo(1);
        assertThat(run.json().at("/summary/unfinished").asInt()).isEqualTo(1);
        assertThat(run.json().at("/results/0/product_id").asString()).isEqualTo("p");
        assertThat(run.json().path("reason").asString()).isEqualTo("no rights");
    }

    @Test
    void endsItsDocumentWhereAFileCannotBeWritten() throws IOException {
        application.products.put("p", MODEL);
        Files.createDirectory(folder.resolve("p.json"));

        CommandRun run = pull("p", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("reason").asString()).contains("p.json cannot be written");
        assertThat(run.json().at("/summary/unfinished").asInt()).isEqualTo(1);
    }

    @Test
    void tellsWhatIsWrongWithTheCommandLine() throws IOException {
        assertThat(pull("a/b").err()).contains("is not a product ID");
        assertThat(pull().err()).contains("no product is named");
        assertThat(CommandRun.with(application, "products", "pull", "p", "--to=" + folder.resolve("none"))
                        .err())
                .contains("is not a folder");
        assertThat(CommandRun.with(application, "products").exitCode()).isEqualTo(2);
        assertThat(CommandRun.with(application, "devices").err()).contains("Name a command");
        Files.writeString(folder.resolve("p.json"), "not JSON");
        application.products.put("p", MODEL);
        assertThat(pull("p").out()).contains("changed        p");
    }

    private CommandRun pull(String... more) {
        return CommandRun.with(
                application,
                Stream.concat(Stream.of("products", "pull", "--to=" + folder), Stream.of(more))
                        .toArray(String[]::new));
    }
}
