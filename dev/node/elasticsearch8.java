// SPDX-License-Identifier: BSD-2-Clause

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One node of Elasticsearch 8 or 9, its settings given as KEY=VALUE. */
public class Launcher {

    public static void main(String[] args) {
        Settings.Builder builder = Settings.builder();

        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            builder.put(pair[0], pair[1]);
        }

        Settings settings = builder.build();
        LogConfigurator.configureWithoutConfig(settings);
        LogConfigurator.configureESLogging();

        try {
            Environment env = InternalSettingsPreparer.prepareEnvironment(
                settings, Map.of(), null, () -> "node");
            PluginsLoader loader = PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(env.modulesDir()),
                PluginsLoader.loadPluginsBundles(env.pluginsDir()),
                Map.of(), false);
            Node node = new Node(env, loader);
            CountDownLatch stopped = new CountDownLatch(1);

            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    node.close();
                } catch (Exception e) {
                    e.printStackTrace();
                }
                stopped.countDown();
            }));

            node.start();
            stopped.await();

        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
