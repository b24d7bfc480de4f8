package io.iotdarelay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A relay whose clock on the wall can be set by whoever writes to its standard input: {@code clock MILLISECONDS} sets it so much
 * forward or back of the true time; {@code memory} collects garbage and prints what is left. It dies with the test that started it.
 */
public final class JumpyRelay {

    private JumpyRelay() {}

    public static void main(String[] args) {
        WallClock clock = new WallClock();
        ProcessHandle test = ProcessHandle.current().parent().orElseThrow();
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.addInitializers(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof Clock ? clock : bean;
            }
        }));
        Thread.ofPlatform().daemon().start(() -> obey(clock, test));
        ConfigurableApplicationContext unused = RelayApplication.run(application, args);
    }

    private static void obey(WallClock clock, ProcessHandle test) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("clock ")) {
                    clock.ahead = Duration.ofMillis(Long.parseLong(line.substring("clock ".length())));
                } else if (line.equals("memory")) {
                    System.out.println(memory());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!test.isAlive()) {
            Runtime.getRuntime().halt(1);
        }
    }

    private static String memory() {
        System.gc();
        return "memory heap="
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " threads="
                + ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static final class WallClock extends Clock {

        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("the relay knows UTC only");
        }
    }
}
