package io.iotdarelay.commands;

import static io.iotdarelay.commands.FakeApplication.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterCommandTest {

    private static final String HEADER = "device_id,secret,gateway_id,product_id,node_id,group,name\n";
    private static final String SECRET = "planted-secret-4711";

    @TempDir
    private Path folder;

    private final FakeApplication application = new FakeApplication();

    @Test
    void createsGatewaysBeforeTheirChildrenAndWritesADirectory() throws IOException {
        CommandRun run = register("""
                child-1,,pump-1,p,,north,
                pump-1,,,p,,,The pump
                pump-2,%s,,p,,,
                """.formatted(SECRET));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("created        pump-1", "created 3, there 0,")
                .doesNotContain(SECRET);
        assertThat(application.calls.getLast()).isEqualTo("create child-1");
        DirectoryFile directory = DirectoryFile.read(out());
        assertThat(directory.status().broken()).isEmpty();
        assertThat(entry(directory, "pump-1").secret())
                .isEqualTo(there("pump-1").secret().orElseThrow());
        assertThat(entry(directory, "pump-1").product()).isEqualTo("p");
        assertThat(entry(directory, "pump-2").secret()).hasToString("(secret)").isNotNull();
        assertThat(entry(directory, "child-1").secret()).isNull();
        assertThat(entry(directory, "child-1").gateway()).hasToString("pump-1");
        assertThat(entry(directory, "child-1").group()).isEqualTo("north");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out())))
                .isEqualTo("rw-------");
        assertThat(run.out() + run.err()).doesNotContain(secretOf("pump-1"));
        assertThat(folder.resolve("out.pending.csv")).doesNotExist();
        assertThat(application.closed).hasValue(1);
    }

    @Test
    void tellsWhatDiffersFromWhatIsThere() {
        application.with(
                device("same", "p", null, SECRET, ""),
                device("second", "p", null, "another-one", SECRET),
                device("taken", "p", null, "platforms-own", ""),
                device("product", "q", null, SECRET, ""),
                device("gateway", "p", "g", SECRET, ""),
                device("secret", "p", null, "another-one", ""),
                FakeApplication.as(device("frozen", "p", null, SECRET, ""), Device.Status.FROZEN, Device.Proof.SECRET),
                FakeApplication.as(
                        device("certified", "p", null, "", ""), Device.Status.ONLINE, Device.Proof.CERTIFICATES),
                device("masked", "p", null, "", ""));

        CommandRun run = register("""
                same,%1$s,,p
                second,%1$s,,p
                taken,,,p
                product,%1$s,,p
                gateway,%1$s,,p
                secret,%1$s,,p
                frozen,%1$s,,p
                certified,,,p
                masked,,,p
                """.formatted(SECRET));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines())
                .contains(
                        "there          same",
                        "there          second",
                        "there          taken",
                        "differs        product  product: here p, there q",
                        "differs        gateway  gateway: here none, there g",
                        "differs        secret  secret",
                        "differs        frozen  it is frozen there",
                        "differs        certified  it authenticates with a certificate there",
                        "differs        masked  secret: the platform does not show it");
        DirectoryFile directory = DirectoryFile.read(out());
        assertThat(directory.entries())
                .extracting(entry -> entry.device().value())
                .containsExactlyInAnyOrder("same", "second", "taken");
        assertThat(Objects.requireNonNull(entry(directory, "taken").secret()).value())
                .isEqualTo("platforms-own");
    }

    @Test
    void aSecondRunContinuesAndCreatesNothingTwice() {
        String list = rows(250);
        application.failure = call -> call.equals("create d-120")
                ? Optional.of(new Answer.Misconfigured<>("the key was revoked", true))
                : Optional.empty();

        CommandRun first = register(list);
        int created = application.devices.size();

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out()).contains("not finished: the key was revoked");
        assertThat(created).isBetween(100, 200);
        assertThat(folder.resolve("out.pending.csv")).exists();

        application.failure = call -> Optional.empty();
        CommandRun second = register(list);

        assertThat(second.exitCode()).as(second.out()).isZero();
        assertThat(application.devices).hasSize(250);
        assertThat(application.calls.stream()
                        .filter(call -> call.startsWith("create ") && !call.equals("create d-120")))
                .doesNotHaveDuplicates();
        assertThat(DirectoryFile.read(out()).entries())
                .hasSize(250)
                .allSatisfy(entry -> assertThat(entry.secret())
                        .isEqualTo(there(entry.device().value()).secret().orElseThrow()));
        assertThat(folder.resolve("out.pending.csv")).doesNotExist();

        long before = application.calls.size();
        assertThat(register(list).out()).contains("earlier 250,");
        assertThat(application.calls).as("nothing is left to do").hasSize((int) before);
    }

    @Test
    void aLostAnswerLosesNoSecret() {
        int[] lost = {0};
        application.failure = call -> call.startsWith("create ") && lost[0]++ % 2 == 0
                ? Optional.of(new Answer.Unreachable<>("no answer", true))
                : Optional.empty();

        CommandRun run = register(rows(20));

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).contains("created 20,");
        assertThat(DirectoryFile.read(out()).entries())
                .hasSize(20)
                .allSatisfy(entry -> assertThat(entry.secret())
                        .isEqualTo(there(entry.device().value()).secret().orElseThrow()));
    }

    @Test
    void keepsTheOnlyCopyOfASecretThatThePlatformDoesNotShow() throws IOException {
        application.masks = true;
        application.failure = lostOnce("create d-0");

        CommandRun run = register(rows(2));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("unfinished     d-0  secret: the platform does not show it", "created 1,");
        assertThat(pending()).content().contains("d-0," + secretOf("d-0"));
        assertThat(run.err()).contains("is kept");

        CommandRun again = register(rows(2));
        assertThat(again.out()).contains("unfinished     d-0");
        assertThat(pending()).content().contains("d-0," + secretOf("d-0"));

        application.masks = false;
        assertThat(register(rows(2)).exitCode()).isZero();
        assertThat(Files.readString(out())).contains("d-0," + secretOf("d-0"));
        assertThat(pending()).doesNotExist();
    }

    @Test
    void keepsTheSecretOfADeviceThatMayHaveBeenCreatedThoughItIsRefusedNow() {
        int[] tries = {0};
        application.failure = call -> {
            if (!call.equals("create d-0")) {
                return call.equals("get d-0") && tries[0] < 3
                        ? Optional.of(new Answer.Absent<>(FakeApplication.SAID))
                        : Optional.empty();
            }
            return Optional.of(
                    tries[0]++ == 0
                            ? new Answer.Unreachable<>("no answer", true)
                            : new Answer.Refused<>(FakeApplication.SAID));
        };

        CommandRun run = register(rows(1));

        assertThat(run.out()).contains("unfinished     d-0");
        assertThat(pending()).content().contains("d-0," + secretOf("d-0"));
    }

    @Test
    void keepsTheSecretOfADeviceThatDiffersAndWasCreatedHere() {
        application.failure = lostOnce("create d-0");
        application.masks = true;
        register(rows(1));
        application.masks = false;

        CommandRun run = register("d-0,,,q\n");

        assertThat(run.out()).contains("differs        d-0  product: here q, there p");
        assertThat(pending()).content().contains("d-0," + secretOf("d-0"));
    }

    @Test
    void keepsTheSecretOfADeviceThatIsNotInTheListAnyMore() {
        application.failure = lostOnce("create d-0");
        application.masks = true;
        register(rows(1));

        assertThat(register("other,,,p\n").exitCode()).isZero();

        assertThat(pending()).content().contains("d-0," + secretOf("d-0"));
    }

    @Test
    void losesNothingWhereAnotherFileTakesThePlaceOfTheDirectory() {
        application.failure = call -> {
            if (call.equals("create d-120")) {
                try {
                    Path copy = Files.copy(out(), folder.resolve("copy"));
                    Files.move(copy, out(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            return Optional.empty();
        };

        CommandRun first = register(rows(250));

        assertThat(first.out()).contains("not finished: another file has taken the place of the directory");
        assertThat(pending()).exists();
        application.failure = call -> Optional.empty();
        assertThat(register(rows(250)).exitCode()).isZero();
        assertThat(application.devices).hasSize(250);
        assertThat(DirectoryFile.read(out()).entries())
                .hasSize(250)
                .allSatisfy(entry -> assertThat(entry.secret())
                        .isEqualTo(there(entry.device().value()).secret().orElseThrow()));
    }

    @Test
    void noOtherCommandReplacesTheDirectoryMeanwhile() {
        List<String> failures = new java.util.ArrayList<>();
        application.failure = call -> {
            try {
                io.iotdarelay.devices.SecretsInFile.rehearse(out());
            } catch (IOException e) {
                failures.add(e.getMessage());
            }
            return Optional.empty();
        };

        assertThat(register(rows(1)).exitCode()).isZero();

        assertThat(failures).containsExactly("another command is writing it");
    }

    @Test
    void leavesFilesAloneThatAreNotItsOwn() throws IOException {
        Files.writeString(pending(), "device_id,secret\nprecious,precious-secret");

        CommandRun run = register(rows(1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("was not written by this command");
        assertThat(pending()).hasContent("device_id,secret\nprecious,precious-secret");
        CommandRun list = CommandRun.with(
                application, "devices", "register", pending().toString(), "--product=p", "--out=" + out());
        assertThat(list.err()).contains("which belongs to --out");
        assertThat(application.calls).isEmpty();
        assertThat(out()).doesNotExist();
    }

    private static java.util.function.Function<String, Optional<Answer<?>>> lostOnce(String lost) {
        int[] count = {0};
        return call -> call.equals(lost) && count[0]++ == 0
                ? Optional.of(new Answer.Unreachable<>("no answer", true))
                : Optional.empty();
    }

    private Path pending() {
        return folder.resolve("out.pending.csv");
    }

    @Test
    void aLineThatWasCutOffIsMadeAgain() throws IOException {
        register(rows(3));
        String whole = Files.readString(out());
        Files.writeString(out(), whole.substring(0, whole.length() - 20));
        List<String> lines = whole.lines().toList();
        String last = lines.getLast();
        Files.writeString(
                folder.resolve("out.pending.csv"),
                "device_id,pending_secret\n" + last.split(",", -1)[0] + "," + last.split(",", -1)[1] + "\nd-9,cut-o");

        CommandRun run = register(rows(3));

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(Files.readString(out()).lines()).containsExactlyInAnyOrderElementsOf(lines);
        assertThat(application.count("create")).isEqualTo(3);
    }

    @Test
    void addsToADirectoryThatIsThereAndNeverReplacesIt() throws IOException {
        Files.writeString(out(), "device_id,secret,gateway_id,product_id,node_id,group\nolder,older-secret,,,,");

        assertThat(register(rows(1)).exitCode()).isZero();

        assertThat(Files.readString(out()))
                .startsWith("device_id,secret,gateway_id,product_id,node_id,group\nolder,older-secret,,,,\nd-0,");

        Files.writeString(out(), "secret,device_id\nolder-secret,older\n");
        CommandRun refused = register(rows(1));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("name another file");
        assertThat(out()).hasContent("secret,device_id\nolder-secret,older\n");
    }

    @Test
    void aDryRunCreatesAndWritesNothing() {
        application.with(device("d-0", "p", null, SECRET, ""));

        CommandRun run = register(rows(2), "--dry-run");

        assertThat(run.out()).contains("there          d-0", "would-create   d-1");
        assertThat(application.count("create")).isZero();
        assertThat(out()).doesNotExist();
        assertThat(folder.resolve("out.pending.csv")).doesNotExist();
    }

    @Test
    void refusesWhatThePlatformRefusesAndWhatIsBehindIt() {
        application.failure = call ->
                call.equals("create g") ? Optional.of(new Answer.Refused<>(FakeApplication.SAID)) : Optional.empty();

        CommandRun run = register("g,,,p\nc,,g,p\nd,,,p\n");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines())
                .contains(
                        "refused        g  HTTP 400 IOTDA.000000: said",
                        "refused        c  its gateway g is not as it is wanted",
                        "created        d");
        assertThat(application.count("create")).isEqualTo(2);
    }

    @Test
    void namesTheDeviceThatHasTheNode() {
        Device other = device("other", "p", null, SECRET, "");
        application.with(new Device(
                other.id(),
                "d-0",
                "p",
                other.gateway(),
                other.status(),
                other.proof(),
                other.secret(),
                Optional.empty()));
        application.failure = call ->
                call.equals("create d-0") ? Optional.of(new Answer.Exists<>(FakeApplication.SAID)) : Optional.empty();

        assertThat(register(rows(1)).out()).contains("refused        d-0", "another device: other");
    }

    @Test
    void givesUpWhenNothingSucceedsForTooLong() {
        application.failure = call -> Optional.of(new Answer.Unreachable<>("no route to host", false));

        CommandRun run = register(rows(3), "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("finished").asBoolean(true)).isFalse();
        assertThat(run.json().path("reason").asString()).isEqualTo("no route to host");
        assertThat(run.json().at("/summary/unfinished").asInt()).isEqualTo(3);
        assertThat(application.calls).hasSizeGreaterThan(6);
    }

    @Test
    void nothingIsDoneWhereALineIsInvalid() {
        CommandRun run = register("""
                a,,,p
                b,short,,p
                c,,,
                %s,,,p
                g,,h,p
                k,,g,p
                n n,,,p
                """.formatted("x".repeat(65)));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "5 invalid lines; nothing was registered",
                        "line 3: a secret has",
                        "line 4: no product",
                        "line 5: a node ID",
                        "line 7: its gateway is behind a gateway itself",
                        "line 8: device_id")
                .doesNotContain("short");
        assertThat(application.calls).isEmpty();
    }

    @Test
    void takesTheNodeFromThePlatformsOwnNames() {
        register("p_meter-1,,,p\n");

        assertThat(there("p_meter-1").nodeId()).isEqualTo("meter-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "list.csv | --out is required",
                "list.csv --out=x.txt | --out must be a .csv file",
                "list.csv --out=list.csv | must be another file",
                "list.csv --out=out.csv --rate=0 | --rate must be between",
                "list.csv --out=out.csv --product=p/q | is not a product ID",
                "missing.csv --out=out.csv | NoSuchFileException"
            })
    void tellsWhatIsWrongWithTheCommandLine(String arguments, String message) throws IOException {
        Files.writeString(folder.resolve("list.csv"), HEADER + "a,,,p\n");
        String[] all = Stream.concat(
                        Stream.of("devices", "register"),
                        Stream.of(arguments
                                .replace("list.csv", folder.resolve("list.csv").toString())
                                .replace(
                                        "missing.csv",
                                        folder.resolve("missing.csv").toString())
                                .replace("=out.csv", "=" + out())
                                .split(" ", -1)))
                .toArray(String[]::new);

        CommandRun run = CommandRun.with(application, all);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void saysThatThereIsNoApplicationSide() throws IOException {
        Files.writeString(folder.resolve("list.csv"), HEADER + "a,,,p\n");

        CommandRun run =
                CommandRun.of("devices", "register", folder.resolve("list.csv").toString(), "--out=" + out());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("relay.platform is not configured");
        assertThat(out()).doesNotExist();

        CommandRun wrong = CommandRun.of(
                "devices",
                "register",
                folder.resolve("list.csv").toString(),
                "--out=" + out(),
                "--relay.platform.region=cn-north-4");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("relay.platform.endpoint");
    }

    private static String rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> "d-" + i + ",,,p\n").collect(Collectors.joining());
    }

    private Path out() {
        return folder.resolve("out.csv");
    }

    private CommandRun register(String rows, String... more) {
        try {
            Path list = Files.writeString(folder.resolve("list.csv"), HEADER + rows);
            return CommandRun.with(
                    application,
                    Stream.concat(Stream.of("devices", "register", list.toString(), "--out=" + out()), Stream.of(more))
                            .toArray(String[]::new));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Device there(String id) {
        return Objects.requireNonNull(application.devices.get(id));
    }

    private String secretOf(String id) {
        return there(id).secret().orElseThrow().value();
    }

    private static DirectoryEntry entry(DirectoryFile directory, String id) {
        return directory.find(new io.iotdarelay.telemetry.DeviceId(id)).orElseThrow();
    }
}
