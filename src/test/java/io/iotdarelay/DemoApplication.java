package io.iotdarelay;

import io.iotdarelay.demo.Dashboard;
import io.iotdarelay.demo.Stage;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The demo: {@code mvn spring-boot:test-run}. A real Kafka broker, a simulated IoTDA, a fleet of devices and the relay, in one
 * process. {@code --demo.rate=2000} sets how many records a second the fleet produces.
 */
@SpringBootApplication // nothing is scanned: marks the main class for the Maven plugin
public class DemoApplication {

    public static void main(String[] args) {
        Stage stage = Stage.set(args);
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.addInitializers(
                context -> ((GenericApplicationContext) context).registerBean("demoStage", Stage.class, () -> stage));
        ConfigurableApplicationContext relay = RelayApplication.run(application, stage.arguments(args));
        int port = relay.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        Dashboard.start(stage, port);
    }
}
