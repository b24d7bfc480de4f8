package io.iotdarelay.commands;

import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.commands.Registration.Done;
import io.iotdarelay.commands.Registration.End;
import io.iotdarelay.commands.Registration.Wanted;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.devices.DeviceList;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Registers the devices of a list, and writes the directory that the relay needs for them. */
@Command(
        name = "register",
        description = {
            "Registers devices on the platform, and writes their directory. Run it again to continue after an interruption.",
            ""
        },
        footer = {
            "",
            "Exit code 0: all devices are as they are wanted. 1: some differ, were refused, or are not finished. 2: the command line is"
                    + " wrong."
        })
final class RegisterCommand implements Callable<Integer> {

    private static final String PENDING_HEADER = "device_id,pending_secret"; // no list of devices begins so
    private static final String CSV = ".csv";

    /** How many secrets are chosen, and written, before their devices are created. */
    private static final int CHUNK = 100;

    private static final String EARLIER = "earlier";

    private final Settings settings;
    private final SecureRandom random = new SecureRandom();

    @Mixin
    private final PlatformVerb verb = new PlatformVerb();

    @Parameters(
            paramLabel = "FILE",
            description =
                    "The devices: a .csv or .jsonl file as for relay.devices.file. Secrets may be missing; a column 'name' may be"
                            + " there.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "FILE.csv",
            description =
                    "The directory that is written, for relay.devices.file: only what is registered, and never what is there"
                            + " already. Required without --dry-run.")
    private @Nullable Path out;

    @Option(names = "--product", paramLabel = "ID", description = "The product of devices that name none.")
    private @Nullable String product;

    @Option(names = "--dry-run", description = "Look at what is there, but create and write nothing.")
    private boolean dryRun;

    RegisterCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws UsageException, IOException {
        if (product != null && !NewDevice.isProductId(product)) {
            throw new UsageException("'" + product + "' is not a product ID");
        }
        if (out == null && !dryRun) {
            throw new UsageException("--out is required: the secrets of the devices have to be kept somewhere");
        }
        if (out != null && !out.toString().endsWith(CSV)) {
            throw new UsageException("--out must be a .csv file");
        }
        if (out != null && Files.exists(out) && Files.exists(file) && Files.isSameFile(out, file)) {
            throw new UsageException("--out must be another file than the list of devices");
        }
        return verb.run(settings, (configured, application) -> register(application));
    }

    private int register(Application application) throws UsageException, IOException {
        Surroundings here = settings.surroundings();
        DeviceList list = DeviceList.read(file);
        List<String> problems = new ArrayList<>(list.broken());
        int count = list.brokenRows();
        Set<DeviceId> children = list.rows().stream()
                .filter(row -> row.gateway() != null)
                .map(DeviceList.Row::device)
                .collect(Collectors.toSet());
        for (DeviceList.Row row : list.rows()) {
            Optional<String> problem = problem(row, children);
            if (problem.isPresent()) {
                count++;
                problems.add(row.place() + ": " + problem.get());
            }
        }
        if (count > 0) {
            int code = verb.fails(here, file + " has " + count + " invalid lines; nothing was registered:");
            problems.stream()
                    .limit(DeviceList.MOST_REPORTED)
                    .forEach(problem -> here.err().println("  " + problem));
            return code;
        }
        if (dryRun || out == null) {
            Run run = new Run(here, application, list, Map.of(), Set.of(), null, null);
            return run.all();
        }
        return register(here, application, list, out);
    }

    private int register(Surroundings here, Application application, DeviceList list, Path directory)
            throws UsageException, IOException {
        String name = directory.getFileName().toString();
        Path notes = directory.resolveSibling(name.substring(0, name.length() - CSV.length()) + ".pending" + CSV);
        if (Files.exists(notes) && Files.isSameFile(notes, file)) {
            throw new UsageException(
                    "the list of devices is " + notes + ", which belongs to --out: name another --out");
        }
        if (!PrivateFile.isOurs(notes, PENDING_HEADER)) {
            throw new UsageException(notes + " is there, and was not written by this command: name another --out");
        }
        if (!PrivateFile.isOurs(directory, DirectoryFile.HEADER)) {
            throw new UsageException(
                    directory + " is there, and does not begin with " + DirectoryFile.HEADER + ": name another file");
        }
        try (PrivateFile pending = PrivateFile.open(notes)
                .orElseThrow(() -> new UsageException(notes + " is in use: another run is not over"))) {
            boolean interrupted = !pending.isEmpty();
            Set<DeviceId> done = done(directory, interrupted);
            try (PrivateFile kept = open(directory)) {
                Map<DeviceId, DeviceSecret> tried = new HashMap<>();
                if (interrupted) {
                    pending.lines().forEach(line -> {
                        int comma = Math.max(line.indexOf(','), 0);
                        String id = line.substring(0, comma);
                        String secret = line.substring(Math.min(comma + 1, line.length()));
                        if (!line.equals(PENDING_HEADER) && DeviceId.isValid(id) && NewDevice.isSecret(secret)) {
                            tried.put(new DeviceId(id), new DeviceSecret(secret));
                        }
                    });
                } else {
                    pending.add(PENDING_HEADER);
                }
                Run run = new Run(here, application, list, tried, done, kept, pending);
                int code = run.all();
                if (run.isFinished() && kept.isStillThere()) {
                    pending.delete();
                } else {
                    here.err().println(notes + " is kept: it may have secrets that are nowhere else");
                }
                return code;
            }
        }
    }

    private static PrivateFile open(Path directory) throws UsageException, IOException {
        return PrivateFile.open(directory)
                .orElseThrow(() -> new UsageException(directory + " is in use: another run is not over"));
    }

    /** Which devices the directory has. It is read before it is locked for long: to close it ends the lock. */
    private static Set<DeviceId> done(Path directory, boolean interrupted) throws UsageException, IOException {
        if (!interrupted && Files.exists(directory)) {
            PrivateFile.endLastLine(directory);
        }
        try (PrivateFile begun = open(directory)) {
            if (begun.isEmpty()) {
                begun.add(DirectoryFile.HEADER);
            }
        }
        Set<DeviceId> done = new HashSet<>();
        DirectoryFile.read(directory).entries().forEach(entry -> done.add(entry.device()));
        return done;
    }

    private Optional<String> problem(DeviceList.Row row, Set<DeviceId> children) {
        String id = row.product() == null ? product : row.product();
        if (id == null) {
            return Optional.of("no product: add product_id, or --product");
        }
        if (!NewDevice.isNodeId(node(row, id))) {
            return Optional.of("a node ID has 1 to 64 letters, digits, '_' or '-': add node_id");
        }
        if (row.name() != null && row.name().length() > NewDevice.MAX_NAME) {
            return Optional.of("name has more than " + NewDevice.MAX_NAME + " characters");
        }
        if (row.secret() != null && !NewDevice.isSecret(row.secret().value())) {
            return Optional.of("a secret has 8 to 32 letters, digits, '_' or '-'");
        }
        if (row.gateway() != null && children.contains(row.gateway())) {
            return Optional.of("its gateway is behind a gateway itself");
        }
        return Optional.empty();
    }

    /** Where the platform makes the device ID, that is PRODUCT_NODE. */
    private static String node(DeviceList.Row row, String product) {
        if (row.node() != null) {
            return row.node();
        }
        String id = row.device().value();
        return id.startsWith(product + "_") && id.length() > product.length() + 1
                ? id.substring(product.length() + 1)
                : id;
    }

    /** One run over the list. */
    private final class Run {

        private final DeviceList list;
        private final Map<DeviceId, DeviceSecret> tried;
        private final Set<DeviceId> done;
        private final @Nullable PrivateFile kept;
        private final @Nullable PrivateFile pending;
        private final PlatformCalls calls;
        private final Registration registration;
        private final Progress progress;
        private final Results results;
        private final double rate;
        private final Surroundings here;
        private final String[] kinds;
        private final Map<DeviceId, DeviceList.Row> running = new HashMap<>();
        private final Set<DeviceId> missing = new HashSet<>();
        /** Devices whose secrets are in the pending file, and may be needed yet. */
        private final Set<DeviceId> open = new HashSet<>();

        private @Nullable IOException unwritten;

        /**
         * Nothing is done yet.
         *
         * @param tried devices that a former run may have created, with the secrets that it chose
         * @param done devices that are in the directory already
         * @param kept the directory; none in a dry run
         * @param pending secrets whose devices may be created at any moment
         */
        Run(
                Surroundings here,
                Application application,
                DeviceList list,
                Map<DeviceId, DeviceSecret> tried,
                Set<DeviceId> done,
                @Nullable PrivateFile kept,
                @Nullable PrivateFile pending) {
            this.here = here;
            this.list = list;
            this.tried = tried;
            this.done = done;
            this.kept = kept;
            this.pending = pending;
            tried.keySet().stream().filter(device -> !done.contains(device)).forEach(open::add);
            this.calls = new PlatformCalls(application, here.nanoTime());
            this.registration = new Registration(calls);
            this.rate = application.rate();
            List<String> kinds =
                    new ArrayList<>(Arrays.stream(End.values()).map(End::label).toList());
            kinds.add(EARLIER);
            this.progress = new Progress(here, list.rows().size());
            this.results = new Results(here, progress, verb.json(), "device_id", kinds);
            this.kinds = kinds.toArray(String[]::new);
        }

        /** Whether each secret that was chosen is in the directory, or of no device. */
        boolean isFinished() {
            return open.isEmpty()
                    && results.count(End.UNFINISHED.label()) == 0
                    && calls.end().isEmpty();
        }

        int all() {
            List<DeviceList.Row> gateways = new ArrayList<>();
            List<DeviceList.Row> children = new ArrayList<>();
            for (DeviceList.Row row : list.rows()) {
                if (done.contains(row.device())) {
                    results.tally(EARLIER);
                    progress.step();
                } else {
                    (row.gateway() == null ? gateways : children).add(row);
                }
            }
            long most = gateways.size() + (long) children.size();
            here.err()
                    .println(list.rows().size() + " devices, " + results.count(EARLIER)
                            + " of them done earlier; at least " + most + " calls, " + Progress.about(most, rate));
            here.err().flush();
            try {
                chunks(gateways);
                chunks(children);
            } catch (IOException e) {
                calls.stop("a file cannot be written: " + e.getClass().getSimpleName());
            }
            for (long i = results.count(kinds); i < list.rows().size(); i++) {
                results.tally(End.UNFINISHED.label());
            }
            results.end(calls.made(), progress.time(), calls.end());
            return results.count(End.DIFFERS.label(), End.REFUSED.label(), End.UNFINISHED.label()) == 0
                    ? Commands.OK
                    : Commands.FINDINGS;
        }

        private void chunks(List<DeviceList.Row> rows) throws IOException {
            for (int i = 0; i < rows.size(); i += CHUNK) {
                List<DeviceList.Row> chunk = rows.subList(i, Math.min(rows.size(), i + CHUNK));
                if (calls.end().isEmpty()) {
                    chunk(chunk);
                } else {
                    chunk.forEach(row -> missing.add(row.device()));
                }
            }
        }

        private void chunk(List<DeviceList.Row> rows) throws IOException {
            if (kept != null && !kept.isStillThere()) {
                calls.stop("another file has taken the place of the directory");
                return;
            }
            List<Wanted> wanted = new ArrayList<>();
            for (DeviceList.Row row : rows) {
                if (row.gateway() != null && missing.contains(row.gateway())) {
                    results.add(
                            calls.end().isEmpty() ? End.REFUSED.label() : End.UNFINISHED.label(),
                            row.device().value(),
                            "its gateway " + row.gateway() + " is not as it is wanted");
                    progress.step();
                } else {
                    running.put(row.device(), row);
                    wanted.add(wanted(row));
                }
            }
            if (pending != null) {
                pending.sync();
            }
            calls.each(wanted, dryRun ? registration::preview : registration::register, this::take);
            missing.addAll(running.keySet());
            running.clear();
            if (kept != null) {
                kept.sync();
            }
            if (unwritten != null) {
                throw unwritten;
            }
        }

        private Wanted wanted(DeviceList.Row row) throws IOException {
            String id = row.product() == null ? String.valueOf(product) : row.product();
            DeviceSecret former = tried.get(row.device());
            DeviceSecret secret =
                    row.secret() != null ? row.secret() : former != null ? former : NewDevice.secret(random);
            if (pending != null && former == null) {
                open.add(row.device());
                pending.add(row.device().value() + "," + secret.value());
            }
            return new Wanted(
                    new NewDevice(
                            row.device(),
                            node(row, id),
                            id,
                            Optional.ofNullable(row.name()),
                            secret,
                            Optional.ofNullable(row.gateway())),
                    row.secret() == null,
                    former != null);
        }

        private void take(Done ended) {
            DeviceId device = ended.wanted().device().id();
            DeviceList.Row row = running.remove(device);
            progress.step();
            results.add(ended.end().label(), device.value(), ended.detail());
            if (ended.end() == End.CREATED || ended.end() == End.THERE) {
                keep(ended, row);
                open.remove(device);
            } else if (ended.end() != End.WOULD_CREATE) {
                missing.add(device);
                if (ended.end() != End.UNFINISHED && !isOnlyCopy(ended)) {
                    open.remove(device);
                }
            }
        }

        /** Whether the pending file may have what no other file has: the secret of a device that is there. */
        private boolean isOnlyCopy(Done ended) {
            DeviceSecret used = ended.wanted().device().secret();
            return ended.secret().isPresent()
                    || !used.equals(tried.getOrDefault(ended.wanted().device().id(), used));
        }

        private void keep(Done ended, DeviceList.@Nullable Row row) {
            if (kept == null || row == null) {
                return;
            }
            NewDevice device = ended.wanted().device();
            // What is behind a gateway authenticates by it, unless the list says otherwise.
            boolean ownSecret = row.gateway() == null || row.secret() != null;
            try {
                kept.addFields(
                        device.id().value(),
                        ownSecret ? ended.secret().map(DeviceSecret::value).orElse("") : "",
                        device.gateway().map(DeviceId::value).orElse(""),
                        device.productId(),
                        row.node() == null ? "" : row.node(),
                        row.group() == null ? "" : row.group());
            } catch (IOException e) {
                unwritten = e;
                calls.stop("the directory cannot be written: " + e.getClass().getSimpleName());
            }
        }
    }
}
