package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Compares the directory with the platform. It changes nothing. */
@Command(
        name = "compare",
        description = {"Compares the device directory with the devices of the platform, and changes nothing.", ""},
        footer = {
            "",
            "Exit code 0: no difference. 1: there are differences, or it could not be finished. 2: the command line is wrong."
        })
final class CompareCommand implements Callable<Integer> {

    private static final String MISSING_HERE = "missing-here";
    private static final String MISSING_THERE = "missing-there";
    private static final String OTHER_SECRET = "other-secret";
    private static final String UNKNOWN_SECRET = "unknown-secret";
    private static final String OTHER_GATEWAY = "other-gateway";
    private static final String OTHER_PRODUCT = "other-product";
    private static final String CERTIFICATES = "certificates";
    private static final String FROZEN = "frozen";
    private static final String COMPARED = "compared";
    private static final List<String> KINDS = List.of(
            COMPARED,
            MISSING_HERE,
            MISSING_THERE,
            OTHER_SECRET,
            UNKNOWN_SECRET,
            OTHER_GATEWAY,
            OTHER_PRODUCT,
            CERTIFICATES,
            FROZEN);

    private static final Duration READING = Duration.ofMinutes(1);

    private final Settings settings;

    @Mixin
    private final PlatformVerb verb = new PlatformVerb();

    @Option(
            names = "--secrets",
            description = "Compare secrets, too: one more call for each device of the directory that has one.")
    private boolean secrets;

    @Option(
            names = "--product",
            paramLabel = "ID",
            description =
                    "Only devices of this product; those of the directory that name no product, if the platform has them in it.")
    private @Nullable String product;

    CompareCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws UsageException, IOException {
        if (product != null && !NewDevice.isProductId(product)) {
            throw new UsageException("'" + product + "' is not a product ID");
        }
        return verb.run(settings, this::compare);
    }

    /*
     * The list is newest first, and a page begins where the former ended, so that a device that is created while it is read moves nothing;
     * it is only not on it. The directory is read after the first page: what was made before, and is in both, is in both here. What the
     * list does not have is asked for by name before it counts as missing.
     */
    private int compare(Configured configured, Application application) {
        Surroundings here = settings.surroundings();
        PlatformCalls calls = new PlatformCalls(application, here.nanoTime());
        DeviceQuery query = product == null ? DeviceQuery.ALL : DeviceQuery.ofProduct(product);
        Answer<DevicePage> first = calls.one(calls.patient().devices(query));
        if (!(first instanceof Answer.Found<DevicePage> found)) {
            return verb.fails(here, "the devices of the platform cannot be listed: " + first.describe());
        }
        DirectoryInUse.Reading reading = DirectoryInUse.read(configured, here, READING, false);
        if (!(reading instanceof DirectoryInUse.Reading.Read read)) {
            return verb.fails(here, ((DirectoryInUse.Reading.Failed) reading).why());
        }
        if (read.broken() > 0) {
            here.err()
                    .println("the directory file has " + read.broken()
                            + " invalid entries, which are left out: see check");
        }
        Map<DeviceId, DirectoryEntry> directory = read.directory().entries();
        announce(here, found.value().count(), directory, application.rate());
        Progress progress = new Progress(here, Math.max(found.value().count(), directory.size()));
        Results results = new Results(here, progress, verb.json(), "device_id", KINDS);
        Comparison comparison = new Comparison(directory, calls, progress, results);
        comparison.pages(query, found.value());
        comparison.absent();
        results.end(calls.made(), progress.time(), calls.end());
        boolean same = results.count(KINDS.toArray(String[]::new)) == results.count(COMPARED);
        return same && calls.end().isEmpty() ? Commands.OK : Commands.FINDINGS;
    }

    private void announce(Surroundings here, long there, Map<DeviceId, DirectoryEntry> directory, double rate) {
        long pages = Math.max(1, (there + DevicePage.LIMIT - 1) / DevicePage.LIMIT);
        long asked = secrets
                ? directory.values().stream()
                        .filter(entry -> entry.secret() != null)
                        .count()
                : 0;
        here.err()
                .println("devices: " + directory.size() + " in the directory, " + there + " on the platform; about "
                        + (pages + asked) + " calls, " + Progress.about(pages + asked, rate)
                        + ", and one for each that is missing there");
        here.err().flush();
    }

    /** While it goes on. */
    private final class Comparison {

        private final Map<DeviceId, DirectoryEntry> directory;
        private final PlatformCalls calls;
        private final Progress progress;
        private final Results results;
        private final Set<DeviceId> listed = new HashSet<>();

        Comparison(Map<DeviceId, DirectoryEntry> directory, PlatformCalls calls, Progress progress, Results results) {
            this.directory = directory;
            this.calls = calls;
            this.progress = progress;
            this.results = results;
        }

        void pages(DeviceQuery query, DevicePage first) {
            DevicePage page = first;
            while (true) {
                page(page);
                DevicePage before = page;
                if (page.next().isEmpty() || calls.end().isPresent()) {
                    return;
                }
                Answer<DevicePage> answer = calls.one(calls.patient().devices(query, before));
                if (!(answer instanceof Answer.Found<DevicePage> found)) {
                    calls.stop("the list ended with " + answer.describe());
                    return;
                }
                page = found.value();
            }
        }

        private void page(DevicePage page) {
            List<Device> known = new ArrayList<>();
            for (Device device : page.devices()) {
                DirectoryEntry entry = directory.get(device.id());
                if (entry == null) {
                    results.add(MISSING_HERE, device.id().value(), "product " + device.productId());
                    progress.step();
                } else if (listed.add(device.id())) {
                    known.add(device);
                }
            }
            if (secrets) {
                calls.each(known, device -> withSecrets(device), this::take);
            } else {
                known.forEach(device -> take(new Found(device.id(), Optional.of(device), false)));
            }
        }

        /** Asks for a device that is in the directory with a secret. */
        private Mono<Found> withSecrets(Device device) {
            if (Objects.requireNonNull(directory.get(device.id())).secret() == null) {
                return Mono.just(new Found(device.id(), Optional.of(device), false));
            }
            return ask(device.id());
        }

        private Mono<Found> ask(DeviceId id) {
            return calls.patient().device(id).mapNotNull(answer -> switch (answer) {
                case Answer.Found<Device> found -> new Found(id, Optional.of(found.value()), secrets);
                case Answer.Absent<Device> ignored -> new Found(id, Optional.empty(), secrets);
                default -> {
                    calls.stop(id + ": " + answer.describe());
                    yield null;
                }
            });
        }

        /** What the directory has and the list has not. */
        void absent() {
            if (calls.end().isPresent()) { // the rest of the list may have them
                return;
            }
            List<DeviceId> unlisted = directory.values().stream()
                    .filter(entry -> !listed.contains(entry.device()))
                    .filter(entry -> product == null || entry.product() == null || product.equals(entry.product()))
                    .map(DirectoryEntry::device)
                    .sorted()
                    .toList();
            calls.each(unlisted, this::ask, this::take);
        }

        private void take(Found found) {
            progress.step();
            DirectoryEntry entry = Objects.requireNonNull(directory.get(found.id()));
            String id = found.id().value();
            if (found.device().isEmpty()) {
                if (product == null || entry.product() != null) {
                    results.add(MISSING_THERE, id, "");
                }
                return;
            }
            Device device = found.device().get();
            if (product != null && entry.product() == null && !product.equals(device.productId())) {
                return;
            }
            results.tally(COMPARED);
            if (device.status() == Device.Status.FROZEN) {
                results.add(FROZEN, id, "");
            }
            if (entry.product() != null && !entry.product().equals(device.productId())) {
                results.add(OTHER_PRODUCT, id, "here " + entry.product() + ", there " + device.productId());
            }
            DeviceId gateway = device.gateway().orElse(null);
            if (!Objects.equals(entry.gateway(), gateway)) {
                results.add(OTHER_GATEWAY, id, "here " + shown(entry.gateway()) + ", there " + shown(gateway));
            }
            if (found.withSecrets() && entry.secret() != null) {
                secret(id, entry.secret(), device);
            }
        }

        private void secret(String id, DeviceSecret own, Device device) {
            if (device.proof() == Device.Proof.CERTIFICATES) {
                results.add(CERTIFICATES, id, "it authenticates with a certificate there, and has no secret");
            } else if (device.secret().isEmpty() && device.secondarySecret().isEmpty()) {
                results.add(UNKNOWN_SECRET, id, "the platform does not show its secrets");
            } else if (!device.secret().equals(Optional.of(own))
                    && !device.secondarySecret().equals(Optional.of(own))) {
                results.add(OTHER_SECRET, id, "");
            }
        }

        private static String shown(@Nullable DeviceId gateway) {
            return gateway == null ? "none" : gateway.value();
        }
    }

    /**
     * A device of the directory.
     *
     * @param device as the platform has it; empty if it has not
     * @param withSecrets whether its secrets are compared
     */
    private record Found(DeviceId id, Optional<Device> device, boolean withSecrets) {}
}
