package io.iotdarelay.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import reactor.netty.ChannelBindException;

/**
 * A simulator as a process of its own. {@code docs/simulator.md} explains its arguments; {@code --help} lists them.
 *
 * <p>The first line on standard output is the endpoint, the second one that of the control desk, if there is one.
 */
public final class SimulatorMain {

    private static final int FAILED = 1;
    private static final int WRONG_ARGUMENTS = 2;
    static final String HELP = """
            iotda-relay-simulator: Huawei Cloud IoTDA on this machine, for tests.

            Where it listens
              --host=127.0.0.1        address; 0.0.0.0 for all
              --port=8443             HTTPS, both sides of the platform; any free port by default
              --control-port=8081     plain HTTP: ledger, faults, certificate; none by default, 0 for any free port
              --names=localhost,...   names and IPv4 addresses that the certificate is for
              --ca=ca.pem             where to write the certificate to trust
              --certificate=, --key=  a certificate with its chain and its key, in PEM, instead of one of its own

            What there is
              --register=devices.csv  devices, as a directory of the relay: CSV, or JSON Lines in a file of another name
              --products=models.json  products, one or a list, as POST /products takes them
              --devices=2000          device-0, device-1, ... with the secrets secret-of-device-0, ...
              --gateways=10           gateway-0, ...
              --children=50           behind each: gateway-0-child-0, ...
              --directory=out.csv     where to write the devices of the last three as a directory of the relay

            Who may call the application side (a sample key that docs/simulator.md shows by default)
              --access-key=, --secret-key= or --secret-key-file=, --region=, --project-id=, --app-id=

            How it behaves
              --model-filter=silent-property | silent-service | silent-request | strict
              --required=enforced     a service without a required property does not fit its model
              --token-lifetime=30m    in ms, s or m; a day by default
              --live-tokens=survive   a reset, a freeze or a deletion over the application side leaves tokens alone
              --shadow-delay=0s       how much later a report shows in the shadow
              --rates=all=200,read-shadow=100,read-device=50,create=20   calls a second; none for no limits
              --throttling=forbidden | too-many | retry-after | gateway
              --grant-delay=5m        for so long the application side refuses all signatures
              --latency=20ms          how long each answer takes
              --fault=fault=answer,status=503,api=CREATE_DEVICE,times=3   may be repeated

            What it tells
              --ledger=full | count | N   keeps all requests, none (the default), or at least the latest N
              --report=5s             how often to print what was counted; 0s for never

              --fetch-ca=http://host:8081/ca.pem   only writes that certificate to --ca, as soon as it can be had, and ends
              --fetch-every=10s       or goes on, and writes it again when it has changed
            """;
    static final Set<String> KNOWN = Set.of(
            "host",
            "port",
            "control-port",
            "names",
            "ca",
            "certificate",
            "key",
            "register",
            "products",
            "devices",
            "gateways",
            "children",
            "directory",
            "access-key",
            "secret-key",
            "secret-key-file",
            "region",
            "project-id",
            "app-id",
            "model-filter",
            "required",
            "token-lifetime",
            "live-tokens",
            "shadow-delay",
            "rates",
            "throttling",
            "grant-delay",
            "latency",
            "fault",
            "ledger",
            "report",
            "fetch-ca",
            "fetch-every");

    private SimulatorMain() {}

    public static void main(String[] args) {
        if (List.of(args).contains("--help")) {
            System.out.print(HELP);
            return;
        }
        try {
            Arguments arguments = new Arguments(KNOWN, args);
            if (arguments.text("fetch-ca").isPresent()) {
                fetch(arguments);
            } else {
                run(arguments);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_ARGUMENTS);
        } catch (IOException e) {
            System.err.println("a file cannot be written: " + e.getMessage() + ": " + Arguments.why(e));
            System.exit(FAILED);
        } catch (ChannelBindException e) {
            System.err.println(e.getMessage());
            System.exit(FAILED);
        }
    }

    private static void fetch(Arguments arguments) throws IOException {
        Path file = arguments.path("ca").orElseThrow(() -> new IllegalArgumentException("--ca is missing"));
        Optional<Duration> every = arguments.duration("fetch-every");
        if (every.filter(Duration::isZero).isPresent()) {
            throw new IllegalArgumentException("--fetch-every is more than nothing");
        }
        Consumer<String> notices = System.err::println;
        try (AuthorityFetch fetch = new AuthorityFetch(arguments.text("fetch-ca", ""), file, notices)) {
            fetch.run(every);
        }
    }

    private static void run(Arguments arguments) throws IOException {
        // It listens once it knows everything: a relay sets aside a device that is refused because it is not there yet.
        Simulator simulator = Simulator.prepare(options(arguments));
        arguments.content("products").ifPresent(products -> Fleets.registerProducts(simulator, products));
        arguments
                .content("register")
                .ifPresent(devices -> register(simulator, arguments.text("register", ""), devices));
        String directory = Fleets.generate(
                simulator,
                arguments.number("devices", 0),
                arguments.number("gateways", 0),
                arguments.number("children", 0));
        write(arguments.path("directory"), directory);
        write(arguments.path("ca"), simulator.certificateAuthority());
        arguments
                .duration("latency")
                .ifPresent(latency -> simulator.faults().inject(new Fault.Delay(latency, latency)));
        arguments.duration("shadow-delay").ifPresent(simulator.application()::shadowDelay);
        arguments.duration("grant-delay").ifPresent(simulator.application()::grantTakes);
        List<FaultOrder> orders =
                arguments.all("fault").stream().map(FaultOrder::parse).toList();
        Optional<ControlDesk> desk = arguments
                .text("control-port")
                .map(any -> new ControlDesk(
                        simulator, arguments.text("host", "127.0.0.1"), arguments.number("control-port", 0)));
        orders.forEach(order -> desk.ifPresentOrElse(
                open -> open.order(order),
                () -> simulator.faults().injectNext(order.times(), order.when(), order.fault())));
        simulator.acceptConnections();
        System.out.println(simulator.endpoint());
        desk.ifPresent(open -> System.out.println("http://localhost:" + open.port()));
        report(simulator, arguments.duration("report").orElse(Duration.ofSeconds(5)));
    }

    private static SimulatorOptions options(Arguments arguments) {
        SimulatorOptions options = new SimulatorOptions()
                .host(arguments.text("host", "127.0.0.1"))
                .port(arguments.number("port", 0))
                .names(List.of(arguments.text("names", "localhost,127.0.0.1").split(",", -1)))
                .access(access(arguments))
                .rates(rates(arguments.text("rates", "all=200,read-shadow=100,read-device=50")))
                .throttling(word(Throttling.class, arguments.text("throttling", "forbidden")))
                .modelFilter(word(ModelFilter.class, arguments.text("model-filter", "silent-property")))
                .ledgerKeeps(
                        switch (arguments.text("ledger", "count")) {
                            case "count" -> 0;
                            case "full" -> Integer.MAX_VALUE;
                            default -> arguments.number("ledger", 0);
                        });
        arguments.duration("token-lifetime").ifPresent(options::tokenLifetime);
        if (arguments.is("required", "enforced")) {
            options.enforceRequired();
        }
        if (arguments.is("live-tokens", "survive")) {
            options.tokensSurvive();
        }
        arguments
                .path("certificate")
                .ifPresent(certificate -> options.certificate(
                        certificate,
                        arguments
                                .path("key")
                                .orElseThrow(() -> new IllegalArgumentException("--certificate needs --key"))));
        return options;
    }

    /** As the relay does it, by the name of the file. What it would leave out, is left out here, too. */
    private static void register(Simulator simulator, String file, String devices) {
        Consumer<String> problems = problem -> System.err.println("--register: " + file + ": " + problem);
        if (file.toLowerCase(Locale.ROOT).endsWith(".csv")) {
            Fleets.register(simulator, devices, problems);
        } else {
            Fleets.registerLines(simulator, devices, problems);
        }
    }

    private static ApplicationAccess access(Arguments arguments) {
        ApplicationAccess sample = ApplicationAccess.SAMPLE;
        Optional<String> secretKey =
                arguments.content("secret-key-file").map(String::strip).or(() -> arguments.text("secret-key"));
        if (arguments.text("access-key").isPresent() != secretKey.isPresent()) {
            throw new IllegalArgumentException("--access-key and a secret key go together");
        }
        return new ApplicationAccess(
                arguments.text("access-key", sample.accessKey()),
                secretKey.orElse(sample.secretKey()),
                arguments.text("region", sample.region()),
                arguments.text("project-id", sample.projectId()),
                arguments.text("app-id", sample.appId()));
    }

    /** Reads {@code all=200,create=20}, calls a second. */
    static Rates rates(String text) {
        Rates rates = Rates.none();
        for (String each : text.equals("none") ? new String[0] : text.split(",", -1)) {
            String[] parts = each.split("=", 2);
            if (parts.length != 2 || !parts[1].matches("[1-9]\\d{0,8}")) {
                throw new IllegalArgumentException("--rates has name=number, separated by commas: " + each);
            }
            rates = rates.with(word(Rates.Of.class, parts[0]), Integer.parseInt(parts[1]));
        }
        return rates;
    }

    private static <E extends Enum<E>> E word(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        text + " is none of " + new TreeSet<>(List.of(type.getEnumConstants()))));
    }

    private static void write(Optional<Path> file, String content) throws IOException {
        if (file.isPresent()) {
            Files.writeString(file.get(), content, StandardCharsets.UTF_8);
        }
    }

    private static void report(Simulator simulator, Duration every) {
        long lastRequests = 0;
        while (every.isZero()) { // its threads end with this one
            LockSupport.park();
        }
        while (true) {
            LockSupport.parkNanos(every.toNanos());
            long requests = simulator.ledger().requestCount();
            System.out.printf(
                    Locale.ROOT,
                    "requests %d (%.0f/s) accepted reports %d answers %s%n",
                    requests,
                    Math.max(0, requests - lastRequests) / (every.toMillis() / 1000.0),
                    simulator.ledger().acceptedCount(),
                    simulator.ledger().answers());
            lastRequests = requests;
        }
    }
}
