package io.iotdarelay.commands;

import static io.iotdarelay.commands.FakeApplication.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotateCommandTest {

    private static final String OLD = "planted-secret-4711";

    @TempDir
    private Path folder;

    private final FakeApplication application = new FakeApplication();

    @ParameterizedTest
    @ValueSource(strings = {"PRIMARY", "SECONDARY"})
    void replacesFirstWhatTheDirectoryDoesNotHave(String used) {
        boolean primary = used.equals("PRIMARY");
        application.with(device("a", "p", null, primary ? OLD : "other-one", primary ? "other-one" : OLD));
        directory("a," + OLD);
        application.failure = call -> {
            assertThat(isValid("a"))
                    .as("the directory's secret works before %s", call)
                    .isTrue();
            return Optional.empty();
        };

        CommandRun run = rotate("a");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(application.calls)
                .containsExactly("get a", "reset a " + (primary ? "SECONDARY" : "PRIMARY"), "reset a " + used);
        assertRotated("a");
        assertThat(notes()).doesNotExist();
        assertThat(run.out() + run.err()).doesNotContain(OLD, secret("a").value());
    }

    @Test
    void rotatesAllThatHaveASecret() {
        fleet(1200);

        CommandRun run = rotate("--all", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().at("/summary/rotated").asInt()).isEqualTo(1200);
        IntStream.range(0, 1200).forEach(i -> assertRotated("d-" + i));
        assertThat(application.calls).hasSize(3600);
        assertThat(new Workplace(folder).path("devices.csv")).content().contains("\nchild,,d-0\n");
    }

    /** Wherever it stops, the directory's secret is valid, and the next run ends what was begun. */
    @Test
    void continuesWhereverItWasInterrupted() {
        for (int stop = 0; stop < 12; stop++) {
            application.devices.clear();
            fleet(4);
            int[] left = {stop};
            application.failure = call ->
                    left[0]-- <= 0 ? Optional.of(new Answer.Misconfigured<>("stopped", true)) : Optional.empty();

            CommandRun first = rotate("--all");

            assertThat(first.exitCode()).as("stopped after " + stop).isEqualTo(1);
            IntStream.range(0, 4).forEach(i -> assertThat(isValid("d-" + i)).isTrue());
            application.failure = call -> Optional.empty();

            CommandRun second = rotate("--all");

            assertThat(second.exitCode())
                    .as("stopped after " + stop + second.out())
                    .isZero();
            IntStream.range(0, 4).forEach(i -> assertRotated("d-" + i));
            assertThat(notes()).doesNotExist();
        }
    }

    @Test
    void doesNotBeginAgainWithWhatIsDone() {
        fleet(5);
        application.failure = call -> call.startsWith("reset d-3 PRIMARY")
                ? Optional.of(new Answer.Misconfigured<>("stopped", true))
                : Optional.empty();
        rotate("--all");
        application.failure = call -> Optional.empty();
        application.calls.clear();

        CommandRun run = rotate("--all");

        assertThat(run.err()).contains("continues the rotation");
        assertThat(application.calls)
                .contains("get d-3", "reset d-3 PRIMARY")
                .noneMatch(call -> call.contains("SECONDARY"));
        assertRotated("d-3");
    }

    @Test
    void keepsTheFormerSecretUntilItIsToldOtherwise() {
        fleet(3);

        CommandRun first = rotate("--all", "--keep-former");

        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains("written        d-0");
        assertThat(application.count("reset")).isEqualTo(3);
        assertThat(there("d-0").secret()).contains(new DeviceSecret(OLD));
        assertThat(there("d-0").secondarySecret()).contains(secret("d-0"));

        CommandRun again = rotate("--all", "--keep-former");
        assertThat(again.exitCode()).isZero();
        assertThat(application.count("reset")).as("nothing is rotated twice").isEqualTo(3);

        application.with(device("d-3", "p", null, OLD, ""));
        add("d-3," + OLD);
        CommandRun plain = rotate("--all");
        assertThat(plain.exitCode()).isEqualTo(2);
        assertThat(plain.err()).contains("is of a rotation with --keep-former");
        assertThat(application.count("reset")).isEqualTo(3);

        CommandRun second = rotate("--all", "--end-former");
        assertThat(second.exitCode()).as(second.out() + second.err()).isZero();
        IntStream.range(0, 3).forEach(i -> assertRotated("d-" + i));
        assertThat(second.out()).contains("left 1,");
        assertThat(secret("d-3"))
                .as("a device that came meanwhile is left alone")
                .isEqualTo(new DeviceSecret(OLD));
        assertThat(there("d-3").secret()).contains(new DeviceSecret(OLD));
        assertThat(notes()).doesNotExist();
        assertThat(rotate("--all", "--end-former").err()).contains("no run with --keep-former");
        assertThat(notes()).doesNotExist();
    }

    /** Killed when the directory was replaced, and that was not noted yet. */
    @Test
    void waitsBeforeItEndsWhatAFormerRunHasWritten() throws Exception {
        fleet(2);
        application.failure = call -> call.endsWith("PRIMARY") && !call.endsWith("SECONDARY")
                ? Optional.of(new Answer.Misconfigured<>("stopped", true))
                : Optional.empty();
        rotate("--all");
        Files.write(
                notes(),
                Files.readAllLines(notes()).stream()
                        .filter(line -> !line.startsWith("written"))
                        .toList());
        application.failure = call -> Optional.empty();
        application.resting = () -> application.calls.add("rest");
        application.calls.clear();

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.err()).contains("continues the rotation of", "noted from 2");
        assertThat(application.calls)
                .startsWith("rest")
                .containsExactlyInAnyOrder("rest", "get d-0", "get d-1", "reset d-0 PRIMARY", "reset d-1 PRIMARY");
        IntStream.range(0, 2).forEach(i -> assertRotated("d-" + i));
    }

    /** Killed when that was noted, and the directory not replaced. */
    @Test
    void beginsAgainWhereTheDirectoryWasNotReplaced() throws Exception {
        fleet(1);
        application.resting = () -> {
            throw new IllegalStateException("killed");
        };
        rotate("--all");
        Files.write(
                notes(),
                Files.readAllLines(notes()).stream()
                        .filter(line -> !line.startsWith("written"))
                        .toList());
        directory("d-0," + OLD);
        application.resting = () -> {};

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertRotated("d-0");
    }

    @Test
    void endsNoSecretThatTheDirectoryHasAgain() {
        fleet(2);
        application.resting = () -> directory("d-0," + OLD + "\nd-1," + OLD);

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("unfinished     d-0  the directory has not its new secret any more");
        assertThat(there("d-0").secret()).contains(new DeviceSecret(OLD));
        assertThat(application.calls).doesNotContain("reset d-0 PRIMARY", "reset d-1 PRIMARY");
        assertThat(notes()).exists();
    }

    @Test
    void keepsWhatOthersWriteIntoTheDirectoryMeanwhile() {
        fleet(2);
        application.failure = call -> {
            if (call.equals("reset d-0 SECONDARY")) {
                directory("d-0,of-somebody-else\nd-1," + OLD + "\nd-9,that-is-new");
            }
            return Optional.empty();
        };

        CommandRun run = rotate("--all");

        assertThat(run.lines()).contains("rotated        d-1");
        assertThat(run.out()).contains("unfinished     d-0  its entry in the directory was changed meanwhile");
        assertThat(secret("d-0")).isEqualTo(new DeviceSecret("of-somebody-else"));
        assertThat(secret("d-9")).isEqualTo(new DeviceSecret("that-is-new"));
        assertRotated("d-1");
    }

    @Test
    void oneDeviceThatAlwaysFailsDoesNotKeepTheOthersWaiting() {
        fleet(40);
        application.failure = call -> call.equals("reset d-3 SECONDARY")
                ? Optional.of(new Answer.Unreachable<>("HTTP 500", false))
                : Optional.empty();

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("unfinished     d-3  HTTP 500", "rotated 39,")
                .doesNotContain("not finished:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rate=5", "--dry-run"})
    void resetsNothingWhereTheFileCannotBeReplaced(String option) throws Exception {
        fleet(1);
        Files.write(
                new Workplace(folder).path("devices.csv"),
                "x,\u00e9\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                java.nio.file.StandardOpenOption.APPEND);

        CommandRun run = rotate("--all", option, "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("reason").asString()).contains("cannot be replaced: MalformedInputException");
        assertThat(application.count("reset")).isZero();
    }

    @Test
    void leavesAFileAloneThatHasNoNotes() throws Exception {
        fleet(1);
        Path precious = Files.writeString(folder.resolve("precious"), "a line\nand half of one");

        CommandRun run = rotate("--all", "--notes=" + precious);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("has no notes of a rotation");
        assertThat(precious).hasContent("a line\nand half of one");
        assertThat(application.calls).isEmpty();
    }

    @Test
    void rotatesWhatIsNotedAsDoneAndHasAnotherSecretByNow() {
        fleet(2);
        application.failure = call -> call.equals("reset d-1 PRIMARY")
                ? Optional.of(new Answer.Misconfigured<>("stopped", true))
                : Optional.empty();
        rotate("--all");
        String written = secret("d-1").value();
        application.failure = call -> Optional.empty();
        application.with(device("d-0", "p", null, "changed-by-hand", ""));
        directory("d-0,changed-by-hand\nd-1," + written);

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(secret("d-0")).isNotEqualTo(new DeviceSecret("changed-by-hand"));
        assertRotated("d-1");
    }

    @Test
    void forgetsDevicesThatThePlatformHasNoMore() {
        fleet(2);
        rotate("--all", "--keep-former");
        application.devices.remove("d-0");

        CommandRun run = rotate("--all", "--end-former");

        assertThat(run.out()).contains("refused        d-0", "rotated        d-1");
        assertThat(notes()).as("nothing is left to end").doesNotExist();
    }

    @Test
    void saysThatThereIsNoDirectory() {
        new Workplace(folder).write("relay.yaml", "relay.kafka.bootstrap-servers: localhost:1");

        CommandRun run = rotate("--all", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("no directory is configured", "relay.devices.platform");
        assertThat(run.json().path("reason").asString()).contains("no directory is configured");

        new Workplace(folder).write("relay.yaml", "relay.devices.file: https://example.com/devices.csv");
        assertThat(rotate("--all").err()).contains("cannot be read");
    }

    @Test
    void doesNotUndoARotationWithAFormerDirectory() {
        fleet(1);
        rotate("--all", "--keep-former");
        String content = Yaml.text(notes());
        directory("d-0," + OLD);

        CommandRun run = rotate("--all", "--end-former");

        assertThat(run.out())
                .contains("refused        d-0  the directory has not the secret that a former run wrote into it");
        assertThat(there("d-0").secondarySecret()).isNotEqualTo(Optional.of(new DeviceSecret(OLD)));
        assertThat(notes()).content().isEqualTo(content);
        assertThat(content)
                .doesNotContain(there("d-0").secondarySecret().orElseThrow().value());
    }

    @Test
    void refusesWhatItCannotDoSafely() {
        application.with(
                device("other", "p", null, "another-one", ""),
                device("masked", "p", null, "", ""),
                FakeApplication.as(
                        device("certified", "p", null, "", ""), Device.Status.ONLINE, Device.Proof.CERTIFICATES),
                device("fine", "p", null, OLD, ""));
        directory("other,%1$s\nmasked,%1$s\ncertified,%1$s\nfine,%1$s\ngone,%1$s".formatted(OLD));

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines())
                .contains(
                        "refused        other  the directory has another secret than the platform",
                        "refused        masked  the platform does not show its secrets, so which of them the directory has is not"
                                + " known",
                        "refused        certified  it authenticates with a certificate, and has no secret",
                        "refused        gone  HTTP 400 IOTDA.000000: said",
                        "rotated        fine");
        assertThat(application.calls).doesNotContain("reset other PRIMARY", "reset masked PRIMARY");
        assertThat(notes())
                .as("what was refused does not keep the next rotation from being one")
                .doesNotExist();
    }

    @Test
    void loosesNothingWhereTheDirectoryCannotBeWritten() throws Exception {
        fleet(2);
        Path inTheWay = folder.resolve(".devices.csv.new/in-the-way");
        application.failure = call -> {
            assertThat(inTheWay.toFile().mkdirs() || Files.exists(inTheWay)).isTrue();
            return Optional.empty();
        };

        CommandRun run = rotate("--all");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("unfinished     d-0  the directory was not written", "not finished:");
        assertThat(isValid("d-0")).isTrue();
        assertThat(secret("d-0")).isEqualTo(new DeviceSecret(OLD));
    }

    @Test
    void aDryRunChangesNothing() {
        fleet(2);

        CommandRun run = rotate("--all", "--dry-run");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("would-rotate   d-0  the directory has the primary secret");
        assertThat(application.count("reset")).isZero();
        assertThat(secret("d-0")).isEqualTo(new DeviceSecret(OLD));
        assertThat(notes()).doesNotExist();
    }

    @Test
    void tellsWhatIsWrongWithTheCommandLine() {
        fleet(1);
        assertThat(rotate().err()).contains("name a device, or --all");
        assertThat(rotate("--all", "d-0").exitCode()).isEqualTo(2);
        assertThat(rotate("--all", "--end-former", "--dry-run").exitCode()).isEqualTo(2);
        assertThat(rotate("--all", "--wait=-1").err()).contains("--wait must be");
        assertThat(rotate("a/b").err()).contains("is not a device ID");
        assertThat(rotate("unknown").err()).contains("the directory has no secret of device unknown");
        assertThat(rotate("child").err()).contains("the directory has no secret of device child");
        assertThat(application.calls).isEmpty();
    }

    private void fleet(int count) {
        IntStream.range(0, count).forEach(i -> application.with(device("d-" + i, "p", null, OLD, "")));
        directory(IntStream.range(0, count).mapToObj(i -> "d-" + i + "," + OLD).collect(Collectors.joining("\n"))
                + "\nchild,,d-0");
    }

    private void directory(String lines) {
        Workplace place = new Workplace(folder);
        place.write("devices.csv", "device_id,secret,gateway_id\n" + lines + "\n");
        place.write("relay.yaml", "relay.devices.file: file:" + place.path("devices.csv"));
    }

    private void add(String line) {
        Path file = new Workplace(folder).path("devices.csv");
        new Workplace(folder).write("devices.csv", Yaml.text(file) + line + "\n");
    }

    private Path notes() {
        return folder.resolve("devices.csv.rotation");
    }

    private CommandRun rotate(String... more) {
        return CommandRun.with(
                application,
                Stream.concat(
                                Stream.of(
                                        "devices",
                                        "rotate",
                                        String.join("", more).contains("--wait") ? "--json" : "--wait=0",
                                        new Workplace(folder).config()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private Device there(String id) {
        return Objects.requireNonNull(application.devices.get(id));
    }

    private DeviceSecret secret(String id) {
        return DirectoryFile.read(folder.resolve("devices.csv"))
                .credentials(new DeviceId(id))
                .orElseThrow()
                .secret();
    }

    private boolean isValid(String id) {
        Optional<DeviceSecret> own = Optional.of(secret(id));
        return there(id).secret().equals(own) || there(id).secondarySecret().equals(own);
    }

    private void assertRotated(String id) {
        assertThat(secret(id)).isNotEqualTo(new DeviceSecret(OLD));
        assertThat(there(id).secret()).contains(secret(id));
        assertThat(there(id).secondarySecret()).contains(secret(id));
    }
}
