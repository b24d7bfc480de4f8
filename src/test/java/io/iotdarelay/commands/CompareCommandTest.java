package io.iotdarelay.commands;

import static io.iotdarelay.commands.FakeApplication.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareCommandTest {

    private static final String SECRET = "planted-secret-4711";

    @TempDir
    private Path folder;

    private final FakeApplication application = new FakeApplication();

    @Test
    void findsNothingWhereAllIsTheSame() {
        IntStream.range(0, 120).forEach(i -> application.with(device("d-" + i, "p", null, SECRET, "")));
        directory(IntStream.range(0, 120).mapToObj(i -> "d-" + i + "," + SECRET).collect(Collectors.joining("\n")));

        CommandRun run = compare();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.err()).contains("120 in the directory, 120 on the platform; about 3 calls");
        assertThat(application.calls).hasSize(3);
        assertThat(run.out()).startsWith("compared 120,");
    }

    @Test
    void tellsEachDifference() {
        application.with(
                device("here-not", "p", null, SECRET, ""),
                device("moved", "p", "g2", "", ""),
                device("direct", "p", "g1", SECRET, ""),
                device("product", "q", null, SECRET, ""),
                FakeApplication.as(device("frozen", "p", null, SECRET, ""), Device.Status.FROZEN, Device.Proof.SECRET),
                device("secret", "p", null, "another-one", "another-two"),
                device("second", "p", null, "another-one", SECRET),
                device("masked", "p", null, "", ""),
                FakeApplication.as(
                        device("certified", "p", null, "", ""), Device.Status.ONLINE, Device.Proof.CERTIFICATES));
        directory("""
                moved,,g1
                direct,%1$s
                product,%1$s,,p
                frozen,%1$s
                secret,%1$s
                second,%1$s
                masked,%1$s
                certified,%1$s
                there-not,%1$s
                """.formatted(SECRET));

        CommandRun without = compare();
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.lines())
                .contains(
                        "missing-here   here-not  product p",
                        "missing-there  there-not",
                        "other-gateway  moved  here g1, there g2",
                        "other-gateway  direct  here none, there g1",
                        "other-product  product  here p, there q",
                        "frozen         frozen")
                .noneMatch(line -> line.contains("other-secret   "));

        application.calls.clear();
        CommandRun with = compare("--secrets", "--json");
        assertThat(with.json().at("/summary/other-secret").asInt()).isEqualTo(1);
        assertThat(with.json().at("/summary/unknown-secret").asInt()).isEqualTo(1);
        assertThat(with.json().at("/summary/certificates").asInt()).isEqualTo(1);
        assertThat(with.json()
                        .path("results")
                        .valueStream()
                        .filter(one -> one.path("result").asString().equals("other-secret")))
                .singleElement()
                .satisfies(one -> assertThat(one.path("device_id").asString()).isEqualTo("secret"));
        assertThat(with.json().path("calls").asInt()).isEqualTo(9);
        assertThat(application.calls)
                .as("a child without a secret is not asked for")
                .hasSize(9);
        assertThat(with.out() + with.err() + without.out()).doesNotContain(SECRET, "another-one", "another-two");
    }

    /** As a table for people and as JSON for programs: the same kinds, each with its device, and counted. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            missing-here   | here-not  | product p
            missing-there  | there-not | -
            other-secret   | secret    | -
            unknown-secret | masked    | the platform does not show its secrets
            other-gateway  | moved     | here g1, there g2
            other-product  | product   | here p, there q
            certificates   | certified | it authenticates with a certificate there, and has no secret
            frozen         | frozen    | -
            """, delimiter = '|')
    void tellsEachKindAloneInBothForms(String kind, String device, @Nullable String detail) {
        switch (kind) {
            case "missing-here" -> application.with(device(device, "p", null, SECRET, ""));
            case "missing-there" -> {}
            case "other-secret" -> application.with(device(device, "p", null, "another-one", "another-two"));
            case "unknown-secret" -> application.with(device(device, "p", null, "", ""));
            case "other-gateway" -> application.with(device(device, "p", "g2", SECRET, ""));
            case "other-product" -> application.with(device(device, "q", null, SECRET, ""));
            case "certificates" ->
                application.with(FakeApplication.as(
                        device(device, "p", null, "", ""), Device.Status.ONLINE, Device.Proof.CERTIFICATES));
            default ->
                application.with(FakeApplication.as(
                        device(device, "p", null, SECRET, ""), Device.Status.FROZEN, Device.Proof.SECRET));
        }
        application.with(device("same", "p", null, SECRET, ""));
        directory("same," + SECRET + ",,p\n"
                + switch (kind) {
                    case "missing-here" -> "";
                    case "other-gateway" -> device + "," + SECRET + ",g1,p";
                    default -> device + "," + SECRET + ",,p";
                });

        CommandRun table = compare("--secrets");
        CommandRun json = compare("--secrets", "--json");

        assertThat(table.exitCode()).as(table.out()).isEqualTo(1);
        assertThat(table.lines().stream().map(line -> line.strip().replaceAll(" +", " ")))
                .filteredOn(line -> line.matches("[a-z-]+ " + device + "( .*)?"))
                .containsExactly(kind + " " + device + (detail == null ? "" : " " + detail));
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.json().path("results").valueStream()).singleElement().satisfies(one -> {
            assertThat(one.path("result").asString()).isEqualTo(kind);
            assertThat(one.path("device_id").asString()).isEqualTo(device);
            assertThat(one.path("detail").asString("")).isEqualTo(detail == null ? "" : detail);
        });
        assertThat(json.json().path("summary").path(kind).asInt()).isEqualTo(1);
        assertThat(table.out() + table.err() + json.out() + json.err())
                .doesNotContain(SECRET, "another-one", "another-two");
    }

    @Test
    void aDeviceThatIsAddedMeanwhileIsNotMissing() {
        IntStream.range(0, 60).forEach(i -> application.with(device("d-" + i, "p", null, SECRET, "")));
        directory(IntStream.range(0, 60).mapToObj(i -> "d-" + i + "," + SECRET).collect(Collectors.joining("\n"))
                + "\nnew," + SECRET);
        application.afterPage = () -> application.with(device("new", "p", null, SECRET, ""));

        CommandRun run = compare();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(application.count("get")).isEqualTo(1);
    }

    @Test
    void looksAtOneProduct() {
        application.with(
                device("a", "p", null, SECRET, ""),
                device("b", "q", null, SECRET, ""),
                device("c", "q", null, SECRET, ""));
        directory("a,%1$s,,p\nb,%1$s,,q\nc,%1$s\nd,%1$s,,p\n".formatted(SECRET));

        CommandRun run = compare("--product=p");

        assertThat(run.lines())
                .contains("missing-there  d")
                .noneMatch(line -> line.matches("(missing|other).* [bc]( .*)?"));
        assertThat(compare("--product=/").exitCode()).isEqualTo(2);
    }

    @Test
    void saysThatTheListEndedEarlyAndWhatIsMissingIsThenNotKnown() {
        IntStream.range(0, 120).forEach(i -> application.with(device("d-" + i, "p", null, SECRET, "")));
        directory("d-0," + SECRET);
        application.failure = call -> call.startsWith("list d-")
                ? Optional.of(new Answer.Misconfigured<>("no rights", false))
                : Optional.empty();

        CommandRun run = compare("--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("reason").asString()).isEqualTo("no rights");
        assertThat(run.json().at("/summary/missing-there").asInt(-1)).isZero();
    }

    @Test
    void saysWhatCannotBeRead() {
        Workplace place = new Workplace(folder);
        place.write("relay.yaml", "relay.devices.file: file:" + place.path("none.csv"));
        assertThat(run().err()).contains("none.csv cannot be read");
        place.write("relay.yaml", "relay.iotda.endpoint: https://localhost:1");
        assertThat(run().err()).contains("no directory is configured");
        application.failure = call -> Optional.of(new Answer.Misconfigured<>("no rights", false));
        assertThat(run().err()).contains("the devices of the platform cannot be listed: no rights");
        assertThat(run().exitCode()).isEqualTo(1);
    }

    private void directory(String lines) {
        Workplace place = new Workplace(folder);
        place.write("devices.csv", "device_id,secret,gateway_id,product_id\n" + lines + "\n");
        place.write("relay.yaml", "relay.devices.file: file:" + place.path("devices.csv"));
    }

    private CommandRun compare(String... more) {
        return run(more);
    }

    private CommandRun run(String... more) {
        return CommandRun.with(
                application,
                Stream.concat(Stream.of("devices", "compare", new Workplace(folder).config()), Stream.of(more))
                        .toArray(String[]::new));
    }
}
