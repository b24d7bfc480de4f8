package io.iotdarelay.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window, in which somebody looks at a relay's page. */
public final class Browser implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path SHOTS = Path.of("target", "page");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts one that prefers English. */
    public static Browser start() {
        return start("en-US");
    }

    public static Browser start(String language) {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Tool.CHROMIUM.path().toFile());
        options.addArguments(
                "--headless=new",
                "--host-resolver-rules=MAP relay.test 127.0.0.1", // a name of another machine, as browsers see it
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--disable-sync",
                "--no-first-run",
                "--lang=" + language,
                "--accept-lang=" + language);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Tool.CHROMEDRIVER.path().toFile())
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options)).size(1280, 900);
    }

    public Browser open(String url) {
        driver.get(url);
        return this;
    }

    /** Another place of the same page. */
    public Browser go(String fragment) {
        driver.executeScript("location.hash = arguments[0]", fragment);
        return this;
    }

    /** Fills in the form of the login. */
    public Browser logIn(String relay, String user, String password) {
        open(relay + "/login");
        fill("#username", user);
        fill("#password", password);
        click("button[type=submit]");
        return this;
    }

    public Browser logInAsOperator(String relay) {
        logIn(relay, Actuator.OPERATOR, Actuator.PASSWORD);
        awaitText("main h1", "");
        return this;
    }

    /** What is inside of the window; below 500 pixels, windows are wider than that. */
    public Browser size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        return this;
    }

    public Browser colours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        return this;
    }

    public Browser fill(String css, String text) {
        WebElement field = element(css);
        field.clear();
        field.sendKeys(text);
        return this;
    }

    /** Presses keys wherever the focus is. */
    public Browser press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
        return this;
    }

    /** Clicks, as soon as it is there and can be clicked: the page may be drawn again at any moment. */
    public Browser click(String css) {
        await(css).atMost(SOON).ignoreExceptions().until(() -> {
            element(css).click();
            return true;
        });
        return this;
    }

    /** Clicks the first element of that name that has that text. */
    public Browser click(String css, String text) {
        await(text).atMost(SOON).ignoreExceptions().until(() -> {
            driver.findElements(By.cssSelector(css)).stream()
                    .filter(each -> each.isDisplayed() && each.getText().strip().equals(text))
                    .findFirst()
                    .orElseThrow()
                    .click();
            return true;
        });
        return this;
    }

    public Browser select(String css, String value) {
        await(css).atMost(SOON).ignoreExceptions().until(() -> {
            element(css + " option[value='" + value + "']").click();
            return true;
        });
        return this;
    }

    public Browser awaitText(String css, String text) {
        await(css).atMost(SOON).untilAsserted(() -> assertThat(text(css)).contains(text));
        return this;
    }

    public Browser awaitNo(String css) {
        await(css)
                .atMost(SOON)
                .until(() -> driver.findElements(By.cssSelector(css)).isEmpty());
        return this;
    }

    /** What is shown of all such elements; nothing if there are none. */
    public String text(String css) {
        Object text = driver.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map(each => each.innerText).join('\\n')", css);
        return String.valueOf(text);
    }

    public int count(String css) {
        return driver.findElements(By.cssSelector(css)).size();
    }

    public String path() {
        return String.valueOf(driver.executeScript("return location.pathname + location.hash"));
    }

    public Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What is wrong for people who see, hear or move less, by the rules of WCAG 2.2 up to AA. */
    public List<String> barriers() {
        driver.executeScript(axe());
        Object found = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
                  .then(all => done(all.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 200)
                    + ' ' + (node.any[0] || node.all[0] || node.none[0] || {}).message).slice(0, 3).join(' | '))),
                    failure => done(['axe failed: ' + failure]));
                """);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** Whether one must scroll sideways. */
    public boolean isTooWide() {
        return Boolean.TRUE.equals(driver.executeScript(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    /** What the console had to complain of since the last time: scripts that fail, and what the policy forbids. */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Keeps how it looks, for people. */
    public Browser shoot(String name) {
        try {
            Files.createDirectories(SHOTS);
            Files.write(SHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public void deleteCookies() {
        driver.manage().deleteAllCookies();
    }

    private WebElement element(String css) {
        return await(css)
                .atMost(SOON)
                .ignoreExceptionsMatching(
                        e -> e instanceof NoSuchElementException || e instanceof StaleElementReferenceException)
                .until(() -> driver.findElement(By.cssSelector(css)), WebElement::isDisplayed);
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
