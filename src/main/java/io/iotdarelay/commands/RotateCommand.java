package io.iotdarelay.commands;

import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.commands.Rotation.Step;
import io.iotdarelay.commands.RotationNotes.Stage;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** Gives devices other secrets, on the platform and in the directory, while they report. */
@Command(
        name = "rotate",
        description = {
            "Gives devices new secrets, on the platform and in the directory, while a relay reports for them. Run it again to continue after"
                    + " an interruption.",
            ""
        },
        footer = {
            "",
            "Exit code 0: all devices have new secrets. 1: some were refused, or are not finished. 2: the command line is wrong."
        })
final class RotateCommand implements Callable<Integer> {

    private static final String ROTATED = "rotated";
    private static final String WRITTEN = "written";
    private static final String WOULD_ROTATE = "would-rotate";
    private static final String REFUSED = "refused";
    private static final String UNFINISHED = "unfinished";
    private static final String EARLIER = "earlier";
    private static final String LEFT = "left";
    private static final List<String> KINDS =
            List.of(ROTATED, WRITTEN, WOULD_ROTATE, REFUSED, UNFINISHED, EARLIER, LEFT);

    /** So many devices share the wait for the directory. */
    private static final int BATCH = 1000;

    private static final int CALLS_EACH = 3;
    private static final Duration READING = Duration.ofMinutes(1);
    private static final long LONGEST_WAIT = 3600;

    private final Settings settings;
    private final SecureRandom random = new SecureRandom();

    @Mixin
    private final PlatformVerb verb = new PlatformVerb();

    @Parameters(paramLabel = "DEVICE", arity = "0..1", description = "The ID of a device of the directory.")
    private @Nullable String device;

    @Option(names = "--all", description = "All devices of the directory that have a secret.")
    private boolean all;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long relays have to read the directory before the former secrets end; 30 by default.")
    private long wait = 30;

    @Option(
            names = "--keep-former",
            description =
                    "End when the directory is written. The former secrets stay valid until the command is run with --end-former.")
    private boolean keepFormer;

    @Option(
            names = "--end-former",
            description =
                    "Only end the former secrets of devices that a run with --keep-former gave new ones, which the directory has.")
    private boolean endFormer;

    @Option(
            names = "--notes",
            paramLabel = "FILE",
            description =
                    "Where it is kept how far the rotation is; beside the directory file, or in the current folder, by default.")
    private @Nullable Path notes;

    @Option(names = "--dry-run", description = "Look at the platform, but change nothing.")
    private boolean dryRun;

    RotateCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws UsageException, IOException {
        if (all == (device != null)) {
            throw new UsageException("name a device, or --all");
        }
        if (device != null && !DeviceId.isValid(device)) {
            throw new UsageException("'" + device + "' is not a device ID");
        }
        if (wait < 0 || wait > LONGEST_WAIT) {
            throw new UsageException("--wait must be between 0 and " + LONGEST_WAIT + " seconds");
        }
        if (endFormer && (keepFormer || dryRun)) {
            throw new UsageException("--end-former goes with neither --keep-former nor --dry-run");
        }
        return verb.run(settings, this::rotate);
    }

    private int rotate(Configured configured, Application application) throws UsageException, IOException {
        Surroundings here = settings.surroundings();
        DirectoryInUse.Reading reading = DirectoryInUse.read(configured, here, READING, true);
        if (!(reading instanceof DirectoryInUse.Reading.Read read)) {
            return verb.fails(here, ((DirectoryInUse.Reading.Failed) reading).why());
        }
        List<DirectoryEntry> entries = chosen(read.directory());
        Path path = notes == null ? read.directory().beside(".rotation") : notes;
        if (endFormer && !Files.exists(path)) {
            throw new UsageException(path + " is not there: no run with --keep-former has left anything to end");
        }
        Optional<String> trouble =
                endFormer ? Optional.empty() : read.directory().rehearse(entries);
        if (trouble.isPresent()) {
            return verb.fails(here, trouble.get());
        }
        if (dryRun) {
            return new Run(here, configured, application, entries, null).preview();
        }
        try (RotationNotes open = RotationNotes.open(path, here.clock())
                .orElseThrow(() -> new UsageException(path + " is in use: another rotation is not over"))) {
            if (!open.isEmpty()) {
                here.err().println("continues the rotation of " + path + open.period());
            }
            if (open.keepsFormer() && !keepFormer && !endFormer) {
                throw new UsageException(path
                        + " is of a rotation with --keep-former: continue it with that, or end it with --end-former");
            }
            if (keepFormer) {
                open.keepFormer();
            }
            Run run = new Run(here, configured, application, entries, open);
            int code = run.all();
            if (run.isFinished() && !open.isAnyWritten() && (all || run.wereNotesEmpty())) {
                open.delete();
            }
            return code;
        }
    }

    private List<DirectoryEntry> chosen(DirectoryInUse directory) throws UsageException {
        if (device == null) {
            return directory.entries().values().stream()
                    .filter(entry -> entry.secret() != null)
                    .sorted(Comparator.comparing(DirectoryEntry::device))
                    .toList();
        }
        DirectoryEntry entry = directory.entries().get(new DeviceId(device));
        if (entry == null || entry.secret() == null) {
            throw new UsageException("the directory has no secret of device " + device);
        }
        return List.of(entry);
    }

    /** One run over the devices. */
    private final class Run {

        private final Surroundings here;
        private final Configured configured;
        private final List<DirectoryEntry> entries;
        private final @Nullable RotationNotes notes;
        private final PlatformCalls calls;
        private final Rotation rotation;
        private final Progress progress;
        private final Results results;
        private final boolean notesWereEmpty;

        Run(
                Surroundings here,
                Configured configured,
                Application application,
                List<DirectoryEntry> entries,
                @Nullable RotationNotes notes) {
            this.here = here;
            this.configured = configured;
            this.entries = entries;
            this.notes = notes;
            this.notesWereEmpty = notes == null || notes.isEmpty();
            this.calls = new PlatformCalls(application, here.nanoTime());
            this.rotation = new Rotation(calls);
            long most = entries.size() * (long) (dryRun ? 1 : CALLS_EACH);
            here.err()
                    .println(entries.size() + " devices, about " + most + " calls, "
                            + Progress.about(most, application.rate())
                            + (dryRun || keepFormer
                                    ? ""
                                    : ", and a wait of " + wait + " s for each " + BATCH + " devices"));
            here.err().flush();
            this.progress = new Progress(here, entries.size());
            this.results = new Results(here, progress, verb.json(), "device_id", KINDS);
        }

        /** Whether there is nothing that another run could end; what was refused is over, too. */
        boolean isFinished() {
            return results.count(UNFINISHED) == 0 && calls.end().isEmpty();
        }

        boolean wereNotesEmpty() {
            return notesWereEmpty;
        }

        int preview() {
            calls.each(entries, entry -> rotation.look(entry.device(), secret(entry)), step -> {
                progress.step();
                if (step instanceof Step.Taken taken) {
                    results.add(
                            WOULD_ROTATE,
                            taken.device().value(),
                            "the directory has the " + taken.used().name().toLowerCase(Locale.ROOT) + " secret");
                } else {
                    failed(step);
                }
            });
            return end();
        }

        int all() {
            try {
                rotate(Objects.requireNonNull(notes));
            } catch (IOException e) {
                calls.stop("the notes cannot be written: " + e.getClass().getSimpleName());
            }
            return end();
        }

        private void rotate(RotationNotes known) throws IOException {
            Map<DeviceId, DeviceSecret> halfDone = new LinkedHashMap<>();
            List<DirectoryEntry> fresh = new ArrayList<>();
            for (DirectoryEntry entry : entries) {
                RotationNotes.Note note = known.of(entry.device()).orElse(null);
                Stage stage = note == null ? null : note.stage();
                boolean has = note != null && note.isOf(secret(entry));
                if (has && stage != Stage.DONE) {
                    halfDone.put(entry.device(), secret(entry));
                } else if (stage == Stage.WRITTEN) {
                    // to go on would end the secret that relays may have by now
                    failed(new Step.Refused(
                            entry.device(), "the directory has not the secret that a former run wrote into it"));
                } else if (has && all) {
                    results.tally(EARLIER);
                    progress.step();
                } else if (endFormer) {
                    results.tally(LEFT);
                    progress.step();
                } else {
                    fresh.add(entry);
                }
            }
            note(Stage.WRITTEN, halfDone, known);
            endFormer(halfDone, known, "by a former run", rotation::end);
            for (int i = 0; i < fresh.size() && calls.end().isEmpty(); i += BATCH) {
                batch(fresh.subList(i, Math.min(fresh.size(), i + BATCH)), known);
            }
        }

        private void batch(List<DirectoryEntry> batch, RotationNotes known) throws IOException {
            Map<DeviceId, DirectoryEntry> former = new HashMap<>();
            Map<DeviceId, DeviceSecret> chosen = new HashMap<>();
            for (DirectoryEntry entry : batch) {
                former.put(entry.device(), entry);
                chosen.put(entry.device(), NewDevice.secret(random));
            }
            Map<DeviceId, Step.Taken> added = new LinkedHashMap<>();
            calls.each(
                    batch,
                    entry -> rotation.add(
                            entry.device(), secret(entry), Objects.requireNonNull(chosen.get(entry.device()))),
                    step -> {
                        if (step instanceof Step.Taken taken) {
                            added.put(taken.device(), taken);
                        } else {
                            failed(step);
                        }
                    });
            Map<DeviceId, DeviceSecret> replaced = new LinkedHashMap<>();
            if (added.isEmpty()) {
                return;
            }
            // Others may have changed it since it was read: what they wrote is kept.
            Optional<DirectoryInUse> current = again();
            for (DeviceId device : added.keySet()) {
                DirectoryEntry now =
                        current.map(read -> read.entries().get(device)).orElse(null);
                if (now != null
                        && Objects.equals(
                                now.secret(),
                                Objects.requireNonNull(former.get(device)).secret())) {
                    replaced.put(device, Objects.requireNonNull(chosen.get(device)));
                } else {
                    failed(new Step.Unfinished(
                            device, "its entry in the directory was changed meanwhile, or cannot be read"));
                }
            }
            if (current.isEmpty() || replaced.isEmpty()) {
                return;
            }
            note(Stage.INTENDED, replaced, known);
            Optional<String> trouble = current.get().replace(replaced);
            if (trouble.isPresent()) {
                calls.stop(trouble.get());
                replaced.keySet()
                        .forEach(device -> failed(new Step.Unfinished(device, "the directory was not written")));
                return;
            }
            note(Stage.WRITTEN, replaced, known);
            endFormer(
                    replaced,
                    known,
                    "",
                    (device, secret) -> rotation.end(Objects.requireNonNull(added.get(device)), secret));
        }

        /** Ends the former secrets of devices whose new ones the directory has, still after relays had the time to read it. */
        private void endFormer(
                Map<DeviceId, DeviceSecret> written,
                RotationNotes known,
                String detail,
                BiFunction<DeviceId, DeviceSecret, Mono<Step>> work)
                throws IOException {
            if (written.isEmpty()) {
                return;
            }
            if (!keepFormer) {
                calls.rest(Duration.ofSeconds(wait));
            }
            Optional<DirectoryInUse> current = again();
            Set<DeviceId> waiting = new LinkedHashSet<>();
            written.forEach((device, secret) -> {
                DirectoryEntry now =
                        current.map(read -> read.entries().get(device)).orElse(null);
                if (now == null || !secret.equals(now.secret())) {
                    failed(new Step.Unfinished(
                            device, "the directory has not its new secret any more, or cannot be read"));
                } else if (keepFormer) {
                    progress.step();
                    results.add(WRITTEN, device.value(), detail);
                } else {
                    waiting.add(device);
                }
            });
            calls.each(
                    List.copyOf(waiting),
                    device -> work.apply(device, Objects.requireNonNull(written.get(device))),
                    step -> {
                        waiting.remove(step.device());
                        ended(step, written);
                    });
            waiting.forEach(device -> failed(new Step.Unfinished(device, "its former secret is still valid")));
            known.sync();
        }

        private static void note(Stage stage, Map<DeviceId, DeviceSecret> of, RotationNotes known) throws IOException {
            for (Map.Entry<DeviceId, DeviceSecret> one : of.entrySet()) {
                known.note(one.getKey(), stage, one.getValue());
            }
            known.sync();
        }

        /** The directory as it is now. Where it cannot be read, no further call is made. */
        private Optional<DirectoryInUse> again() {
            return switch (DirectoryInUse.read(configured, here, READING, true)) {
                case DirectoryInUse.Reading.Read read -> Optional.of(read.directory());
                case DirectoryInUse.Reading.Failed failed -> {
                    calls.stop(failed.why());
                    yield Optional.empty();
                }
            };
        }

        private void ended(Step step, Map<DeviceId, DeviceSecret> written) {
            if (step instanceof Step.Taken taken) {
                progress.step();
                results.add(ROTATED, taken.device().value(), "");
            } else {
                failed(step);
            }
            if (step instanceof Step.Taken || step instanceof Step.Gone) { // nothing is left to be ended
                try {
                    Objects.requireNonNull(notes)
                            .note(step.device(), Stage.DONE, Objects.requireNonNull(written.get(step.device())));
                } catch (IOException e) {
                    calls.stop("the notes cannot be written: " + e.getClass().getSimpleName());
                }
            }
        }

        private void failed(Step step) {
            progress.step();
            switch (step) {
                case Step.Taken ignored -> {}
                case Step.Refused refused ->
                    results.add(REFUSED, refused.device().value(), refused.why());
                case Step.Gone gone -> results.add(REFUSED, gone.device().value(), gone.why());
                case Step.Unfinished unfinished ->
                    results.add(UNFINISHED, unfinished.device().value(), unfinished.why());
            }
        }

        private int end() {
            long rest = entries.size() - results.count(KINDS.toArray(String[]::new));
            for (long i = 0; i < rest; i++) {
                results.tally(UNFINISHED);
            }
            results.end(calls.made(), progress.time(), calls.end());
            return results.count(REFUSED, UNFINISHED) == 0 && calls.end().isEmpty() ? Commands.OK : Commands.FINDINGS;
        }

        private static DeviceSecret secret(DirectoryEntry entry) {
            return Objects.requireNonNull(entry.secret());
        }
    }
}
