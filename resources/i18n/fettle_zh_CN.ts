<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Check</name>
    <message>
        <source>Leaks into test</source>
        <translation>泄漏到测试集</translation>
    </message>
    <message>
        <source>A held-out row has the same text. A score on it would be too good, because the model was trained on the answer.</source>
        <translation>留出的行中有相同的文本。模型已经用这个答案训练过，在它上面的得分会偏高。</translation>
    </message>
    <message>
        <source>Leaks into test, other clothes</source>
        <translation>泄漏到测试集（仅外形不同）</translation>
    </message>
    <message>
        <source>A held-out row has the same words with other capitals, spaces or punctuation. A score on it would be too good.</source>
        <translation>留出的行中有同样的词句，只是大小写、空格或标点不同。在它上面的得分会偏高。</translation>
    </message>
    <message>
        <source>Leaks into test, nearly the same</source>
        <translation>泄漏到测试集（几乎相同）</translation>
    </message>
    <message>
        <source>A held-out row is nearly the same text. A score on it would probably be too good.</source>
        <translation>留出的行中有几乎相同的文本。在它上面的得分很可能偏高。</translation>
    </message>
    <message>
        <source>Same question in test</source>
        <translation>测试集中有同样的问题</translation>
    </message>
    <message>
        <source>A held-out row asks the same and has another answer. The model may have learned what the question is about.</source>
        <translation>留出的行中有同样的问题，答案不同。模型可能已经学到了这个问题的内容。</translation>
    </message>
    <message>
        <source>Empty answer</source>
        <translation>答案为空</translation>
    </message>
    <message>
        <source>The answer is empty or only white space. The model would learn to say nothing.</source>
        <translation>答案为空或只有空白。模型会学成什么也不说。</translation>
    </message>
    <message>
        <source>Untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>No token of the row is trained, so it costs time and teaches nothing.</source>
        <translation>这一行没有任何 token 参与训练，只耗时间，学不到东西。</translation>
    </message>
    <message>
        <source>End of turn not trained</source>
        <translation>结束标记未训练</translation>
    </message>
    <message>
        <source>The token that ends the answer is not trained. The model may not learn when to stop.</source>
        <translation>结束答案的 token 未参与训练，模型可能学不会何时停下。</translation>
    </message>
    <message>
        <source>Over-long</source>
        <translation>超长</translation>
    </message>
    <message>
        <source>The row has more tokens than the context takes. Nothing is cut until you choose how.</source>
        <translation>这一行的 token 数超出上下文。在你选定方式之前，什么都不会被截断。</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Another row has the same text. Doubled rows count twice in training.</source>
        <translation>另有一行文本相同。重复的行在训练中会被计算多次。</translation>
    </message>
    <message>
        <source>Duplicate in other clothes</source>
        <translation>重复（仅外形不同）</translation>
    </message>
    <message>
        <source>Another row has the same words with other capitals, spaces or punctuation.</source>
        <translation>另有一行词句相同，只是大小写、空格或标点不同。</translation>
    </message>
    <message>
        <source>Near duplicate</source>
        <translation>近似重复</translation>
    </message>
    <message>
        <source>Another row is nearly the same. Look at both and keep what is meant.</source>
        <translation>另有一行几乎相同。请对照两行，保留需要的。</translation>
    </message>
    <message>
        <source>A trained model can repeat what it has read. Replace it unless everyone may see it.</source>
        <translation>训练后的模型可能会复述读过的内容。除非人人都可以看到，否则请替换它。</translation>
    </message>
    <message>
        <source>Key or secret</source>
        <translation>密钥或机密</translation>
    </message>
    <message>
        <source>The text holds a key that opens a service, or a private key. Replace it, and have the key withdrawn.</source>
        <translation>文本中含有可以打开某项服务的密钥或私钥。请替换它，并让该密钥作废。</translation>
    </message>
    <message>
        <source>Card number</source>
        <translation>银行卡号</translation>
    </message>
    <message>
        <source>Bank account</source>
        <translation>银行账号</translation>
    </message>
    <message>
        <source>E-mail address</source>
        <translation>电子邮件地址</translation>
    </message>
    <message>
        <source>Phone number</source>
        <translation>电话号码</translation>
    </message>
    <message>
        <source>IPv4 address</source>
        <translation>IPv4 地址</translation>
    </message>
    <message>
        <source>IPv6 address</source>
        <translation>IPv6 地址</translation>
    </message>
    <message>
        <source>Damaged text</source>
        <translation>文本损坏</translation>
    </message>
    <message>
        <source>Characters were lost or garbled when the text was read with the wrong encoding. The model would learn to write them.</source>
        <translation>文本曾以错误的编码读取，字符丢失或变成乱码。模型会学着写出这些乱码。</translation>
    </message>
    <message>
        <source>Unusual language</source>
        <translation>少见的语言</translation>
    </message>
    <message>
        <source>The row is written in a language that few other rows use.</source>
        <translation>这一行所用的语言在其他行中很少出现。</translation>
    </message>
    <message>
        <source>Refused answer</source>
        <translation>拒绝回答</translation>
    </message>
    <message>
        <source>The answer declines instead of answering. The model would learn to refuse.</source>
        <translation>答案是拒绝而不是回答。模型会学成拒绝。</translation>
    </message>
    <message>
        <source>Rare label</source>
        <translation>罕见标签</translation>
    </message>
    <message>
        <source>Few rows have this label: too few to learn it well, or to measure it.</source>
        <translation>带有此标签的行很少，不足以学好，也不足以衡量。</translation>
    </message>
    <message>
        <source>Unbalanced labels</source>
        <translation>标签不均衡</translation>
    </message>
    <message>
        <source>Some labels have many times the rows of others. Judge by macro F1, not by accuracy.</source>
        <translation>有些标签的行数是其他标签的许多倍。请看宏平均 F1，而不是准确率。</translation>
    </message>
    <message>
        <source>Not an object</source>
        <translation>不是对象</translation>
    </message>
    <message>
        <source>The row is no object {…} and cannot be read.</source>
        <translation>这一行不是对象 {…}，无法读取。</translation>
    </message>
    <message>
        <source>No messages</source>
        <translation>没有消息</translation>
    </message>
    <message>
        <source>The list of messages is missing or empty.</source>
        <translation>消息列表缺失或为空。</translation>
    </message>
    <message>
        <source>Message incomplete</source>
        <translation>消息不完整</translation>
    </message>
    <message>
        <source>A message has no role or no content.</source>
        <translation>有消息缺少角色或内容。</translation>
    </message>
    <message>
        <source>Unknown key</source>
        <translation>未知的键</translation>
    </message>
    <message>
        <source>A message has a key that no format knows.</source>
        <translation>有消息含有任何格式都不认识的键。</translation>
    </message>
    <message>
        <source>Unknown role</source>
        <translation>未知的角色</translation>
    </message>
    <message>
        <source>A message is spoken by someone that no format knows.</source>
        <translation>有消息的说话者是任何格式都不认识的。</translation>
    </message>
    <message>
        <source>No content</source>
        <translation>没有内容</translation>
    </message>
    <message>
        <source>The content of a message is empty or no text.</source>
        <translation>有消息的内容为空或不是文本。</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>没有答案</translation>
    </message>
    <message>
        <source>No message is the assistant&apos;s: there is nothing to learn.</source>
        <translation>没有助手的消息：没有可学的内容。</translation>
    </message>
    <message>
        <source>The line cannot be read. The reason names the place; correct it there and import again.</source>
        <translation>这一行无法读取。原因中写明了位置；请在那里更正后重新导入。</translation>
    </message>
    <message>
        <source>Broken JSON</source>
        <translation>JSON 有误</translation>
    </message>
    <message>
        <source>Not UTF-8</source>
        <translation>不是 UTF-8</translation>
    </message>
    <message>
        <source>Half a character</source>
        <translation>半个字符</translation>
    </message>
    <message>
        <source>A key twice</source>
        <translation>键重复</translation>
    </message>
    <message>
        <source>Nested too deep</source>
        <translation>嵌套过深</translation>
    </message>
    <message>
        <source>Wrong number of cells</source>
        <translation>单元格数量不符</translation>
    </message>
    <message>
        <source>Quote not closed</source>
        <translation>引号未闭合</translation>
    </message>
    <message>
        <source>Text after a quote</source>
        <translation>引号后有文本</translation>
    </message>
    <message>
        <source>The row has not the shape that its format asks for. The reason says what was expected.</source>
        <translation>这一行不符合其格式的要求。原因中写明了应有的形式。</translation>
    </message>
    <message>
        <source>Wrong kind of value</source>
        <translation>值的类型不符</translation>
    </message>
    <message>
        <source>Key missing</source>
        <translation>缺少键</translation>
    </message>
    <message>
        <source>Weight without effect</source>
        <translation>权重无效</translation>
    </message>
    <message>
        <source>Faulty tool call</source>
        <translation>工具调用有误</translation>
    </message>
    <message>
        <source>Result without call</source>
        <translation>结果没有对应的调用</translation>
    </message>
    <message>
        <source>Faulty token ids</source>
        <translation>token 编号有误</translation>
    </message>
    <message>
        <source>The file as a whole cannot be used. The reason says what to change.</source>
        <translation>整个文件无法使用。原因中写明了需要更改之处。</translation>
    </message>
    <message>
        <source>Unknown format</source>
        <translation>未知的格式</translation>
    </message>
    <message>
        <source>Unknown columns</source>
        <translation>未知的列</translation>
    </message>
    <message>
        <source>A column twice</source>
        <translation>列重复</translation>
    </message>
    <message>
        <source>No rows</source>
        <translation>没有行</translation>
    </message>
    <message>
        <source>Wrong encoding</source>
        <translation>编码不对</translation>
    </message>
    <message>
        <source>Not a text file</source>
        <translation>不是文本文件</translation>
    </message>
    <message>
        <source>Very long line</source>
        <translation>行过长</translation>
    </message>
    <message>
        <source>The row is larger than any context takes.</source>
        <translation>这一行大于任何上下文所能容纳的长度。</translation>
    </message>
    <message>
        <source>Blank answer</source>
        <translation>答案为空白</translation>
    </message>
    <message>
        <source>The answer holds only white space.</source>
        <translation>答案只有空白。</translation>
    </message>
    <message>
        <source>Last message not trained</source>
        <translation>最后的消息未训练</translation>
    </message>
    <message>
        <source>The row does not end with an answer. What follows the last answer is not trained.</source>
        <translation>这一行不以答案结尾。最后一个答案之后的内容不参与训练。</translation>
    </message>
    <message>
        <source>No question</source>
        <translation>没有问题</translation>
    </message>
    <message>
        <source>No message is the user&apos;s.</source>
        <translation>没有用户的消息。</translation>
    </message>
    <message>
        <source>Same answers</source>
        <translation>答案相同</translation>
    </message>
    <message>
        <source>The chosen and the rejected answer are the same: there is nothing to prefer.</source>
        <translation>选中的与被拒的答案相同：没有可偏好的。</translation>
    </message>
    <message>
        <source>File left out</source>
        <translation>文件未读取</translation>
    </message>
    <message>
        <source>A file of the folder is no text and was not read.</source>
        <translation>文件夹中有文件不是文本，未被读取。</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>为空</translation>
    </message>
    <message>
        <source>Duplicates</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Leakage</source>
        <translation>泄漏</translation>
    </message>
    <message>
        <source>Personal data</source>
        <translation>个人信息</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Refusals</source>
        <translation>拒答</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Edit row</source>
        <translation>编辑此行</translation>
    </message>
    <message>
        <source>Drop rows</source>
        <translation>剔除这些行</translation>
    </message>
    <message>
        <source>Keep one of each</source>
        <translation>每组保留一行</translation>
    </message>
    <message>
        <source>Drop from train</source>
        <translation>从训练集剔除</translation>
    </message>
    <message>
        <source>Split again, together</source>
        <translation>重新划分并放在一起</translation>
    </message>
    <message>
        <source>Replace by placeholders</source>
        <translation>替换为占位符</translation>
    </message>
    <message>
        <source>Repair text</source>
        <translation>修复文本</translation>
    </message>
    <message>
        <source>Choose how to cut</source>
        <translation>选择截断方式</translation>
    </message>
    <message>
        <source>Change what is trained</source>
        <translation>更改训练内容</translation>
    </message>
    <message>
        <source>Merge labels</source>
        <translation>合并标签</translation>
    </message>
</context>
<context>
    <name>ExportFormat</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Messages as JSON lines, with all that Fettle knows of them.</source>
        <translation>以 JSON 行保存的消息，包含 Fettle 所知的全部内容。</translation>
    </message>
    <message>
        <source>OpenAI</source>
        <translation>OpenAI</translation>
    </message>
    <message>
        <source>Chats and preference pairs for OpenAI&apos;s fine-tuning; arguments of tools as text.</source>
        <translation>用于 OpenAI 微调的对话与偏好对；工具参数为文本。</translation>
    </message>
    <message>
        <source>Azure OpenAI</source>
        <translation>Azure OpenAI</translation>
    </message>
    <message>
        <source>As for OpenAI, with the byte order mark that Azure asks for.</source>
        <translation>与 OpenAI 相同，并带有 Azure 要求的字节顺序标记。</translation>
    </message>
    <message>
        <source>Hugging Face TRL</source>
        <translation>Hugging Face TRL</translation>
    </message>
    <message>
        <source>The shapes that TRL&apos;s trainers take; arguments of tools as objects.</source>
        <translation>TRL 训练器接受的各种形式；工具参数为对象。</translation>
    </message>
    <message>
        <source>Prompt and completion</source>
        <translation>提示与补全</translation>
    </message>
    <message>
        <source>Question and answer; of a chat only the last answer is trained.</source>
        <translation>问题与答案；对话中只训练最后一个答案。</translation>
    </message>
    <message>
        <source>Alpaca</source>
        <translation>Alpaca</translation>
    </message>
    <message>
        <source>Instruction and output, with system text and history.</source>
        <translation>指令与输出，可带系统文本和历史。</translation>
    </message>
    <message>
        <source>ShareGPT</source>
        <translation>ShareGPT</translation>
    </message>
    <message>
        <source>Conversations of turns, as LLaMA-Factory and Axolotl read them.</source>
        <translation>由轮次组成的对话，LLaMA-Factory 与 Axolotl 可读取。</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>One row a line, texts in quotes; lists as JSON in their cell.</source>
        <translation>每行一条，文本加引号；列表以 JSON 放在单元格中。</translation>
    </message>
    <message>
        <source>TSV table</source>
        <translation>TSV 表格</translation>
    </message>
    <message>
        <source>As CSV, with tabs between the cells.</source>
        <translation>与 CSV 相同，单元格之间用制表符。</translation>
    </message>
    <message>
        <source>Preference pairs</source>
        <translation>偏好对</translation>
    </message>
    <message>
        <source>Prompt, chosen and rejected answer.</source>
        <translation>提示、选中的答案与被拒的答案。</translation>
    </message>
    <message>
        <source>Marked answers</source>
        <translation>带评判的答案</translation>
    </message>
    <message>
        <source>Prompt, answer, and whether it is good (KTO).</source>
        <translation>提示、答案，以及答案好坏（KTO）。</translation>
    </message>
    <message>
        <source>Marked steps</source>
        <translation>带评判的步骤</translation>
    </message>
    <message>
        <source>Prompt, steps, and whether each is right.</source>
        <translation>提示、步骤，以及每一步是否正确。</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>One text a row.</source>
        <translation>每行一段文本。</translation>
    </message>
    <message>
        <source>Folder of texts</source>
        <translation>文本文件夹</translation>
    </message>
    <message>
        <source>One file a row.</source>
        <translation>每行一个文件。</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Questions without answers.</source>
        <translation>没有答案的问题。</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>token 编号</translation>
    </message>
    <message>
        <source>Ids and labels of one tokenizer.</source>
        <translation>某个分词器的编号与标签。</translation>
    </message>
    <message>
        <source>Normal form</source>
        <translation>标准形式</translation>
    </message>
    <message>
        <source>Rows as Fettle keeps them, with their kind.</source>
        <translation>Fettle 保存的行，带有种类。</translation>
    </message>
</context>
<context>
    <name>RecipeField</name>
    <message>
        <source>Model and run</source>
        <translation>模型与运行</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Optimizer and schedule</source>
        <translation>优化器与学习率计划</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Stop conditions</source>
        <translation>停止条件</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>基座模型</translation>
    </message>
    <message>
        <source>The model that is tuned: a name of `fettle model list`, a Hugging Face folder or a .gguf file.</source>
        <translation>要微调的模型：`fettle model list` 中的名称、Hugging Face 文件夹或 .gguf 文件。</translation>
    </message>
    <message>
        <source>A larger model answers better, but needs memory and time in proportion; a base model without chat template answers questions badly.</source>
        <translation>模型越大回答越好，但内存和时间成比例增加；没有对话模板的基座模型答不好问题。</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>What is learned from the rows; sft learns to write the trained part of each row.</source>
        <translation>从数据行中学什么；sft 学习写出每行中参与训练的部分。</translation>
    </message>
    <message>
        <source>Rows that hold no single right answer cannot be learned with sft.</source>
        <translation>没有唯一正确答案的数据行无法用 sft 学习。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Start of all random numbers: shuffling, dropout and the adapter&apos;s first values.</source>
        <translation>所有随机数的起点：打乱顺序、dropout 和适配器的初始值。</translation>
    </message>
    <message>
        <source>Its size means nothing: another seed shows how much of a result is luck.</source>
        <translation>大小没有含义：换一个种子能看出结果有多少是运气。</translation>
    </message>
    <message>
        <source>Its size means nothing: the same seed, data and settings give the same run.</source>
        <translation>大小没有含义：相同的种子、数据和设置得到相同的运行。</translation>
    </message>
    <message>
        <source>Run folder</source>
        <translation>运行文件夹</translation>
    </message>
    <message>
        <source>Where the run is kept; left empty, a new folder is made in the project.</source>
        <translation>保存运行的位置；留空则在项目中新建文件夹。</translation>
    </message>
    <message>
        <source>A folder that exists already is never overwritten: the start is refused.</source>
        <translation>已存在的文件夹绝不覆盖：会拒绝开始。</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>The rows to learn from: a file, several files, or project:SPLIT.</source>
        <translation>要学习的数据行：一个文件、多个文件或 project:SPLIT。</translation>
    </message>
    <message>
        <source>Many rows of low quality teach their faults and take time.</source>
        <translation>大量低质量的数据行会教会模型其中的错误，还耗时间。</translation>
    </message>
    <message>
        <source>Few rows are learned by heart and generalise badly.</source>
        <translation>数据行太少会被背下来，泛化很差。</translation>
    </message>
    <message>
        <source>Validation data</source>
        <translation>验证数据</translation>
    </message>
    <message>
        <source>Rows kept apart to see whether the model learns or only remembers: files, project:SPLIT, or a share like 0.05.</source>
        <translation>单独留出的数据行，用来看模型是在学习还是只是记住：文件、project:SPLIT 或 0.05 这样的比例。</translation>
    </message>
    <message>
        <source>Too many rows are missing in training, and each evaluation takes long.</source>
        <translation>留出太多则训练缺数据，每次评估也更久。</translation>
    </message>
    <message>
        <source>Too few rows make the validation loss jump; none leaves overfitting unseen.</source>
        <translation>太少会让验证损失跳动；没有则看不到过拟合。</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>How rows are read; auto looks at the file.</source>
        <translation>数据行的读取方式；auto 会查看文件内容。</translation>
    </message>
    <message>
        <source>A wrong format finds other columns or none, and rows are refused or read as something else.</source>
        <translation>格式不对会读到别的列或读不到，数据行被拒绝或被误读。</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>model takes the template that comes with the model, none joins prompt and completion as they are; or a Jinja file.</source>
        <translation>model 使用模型自带的模板，none 直接拼接提示和回答；也可以是 Jinja 文件。</translation>
    </message>
    <message>
        <source>A template the model was not made with wastes what it already knows.</source>
        <translation>用了与模型不符的模板会浪费它已有的知识。</translation>
    </message>
    <message>
        <source>Train on</source>
        <translation>训练内容</translation>
    </message>
    <message>
        <source>Which messages are learned: every answer, only the last one, or all messages.</source>
        <translation>学习哪些消息：所有回答、仅最后一个回答或全部消息。</translation>
    </message>
    <message>
        <source>Training on all messages teaches the model to write the questions too.</source>
        <translation>训练全部消息会让模型也学着写问题。</translation>
    </message>
    <message>
        <source>Rows over the context</source>
        <translation>超出上下文的行</translation>
    </message>
    <message>
        <source>What happens to rows longer than the context: drop, cut_end, cut_start, split, or error.</source>
        <translation>超出上下文长度的行怎么处理：drop、cut_end、cut_start、split 或 error。</translation>
    </message>
    <message>
        <source>cut_end can lose the end of the answer, so that the model does not learn to stop; drop loses the whole row.</source>
        <translation>cut_end 可能丢掉回答的结尾，模型学不会停下；drop 会丢掉整行。</translation>
    </message>
    <message>
        <source>Shuffle</source>
        <translation>打乱顺序</translation>
    </message>
    <message>
        <source>A new order of the rows in each epoch.</source>
        <translation>每个轮次都用新的行顺序。</translation>
    </message>
    <message>
        <source>Rows come mixed, which is right for almost all data.</source>
        <translation>数据行混合出现，几乎适合所有数据。</translation>
    </message>
    <message>
        <source>Sorted data is learned block by block, and earlier blocks are partly forgotten.</source>
        <translation>已排序的数据会一块一块地学，前面的部分会被忘掉一些。</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>Width of the adapter: how much it can hold.</source>
        <translation>适配器的宽度：它能容纳多少。</translation>
    </message>
    <message>
        <source>Costs memory and time, and overfits small data sets.</source>
        <translation>耗费内存和时间，小数据集会过拟合。</translation>
    </message>
    <message>
        <source>Cannot hold what the data teaches; the training loss stays high.</source>
        <translation>装不下数据要教的内容，训练损失降不下来。</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>The adapter is scaled by alpha / rank; twice the rank is usual.</source>
        <translation>适配器按 alpha / 秩缩放；通常取秩的两倍。</translation>
    </message>
    <message>
        <source>Acts like a learning rate that is too high: the loss jumps.</source>
        <translation>相当于学习率太高：损失会跳动。</translation>
    </message>
    <message>
        <source>The adapter hardly counts and learns slowly.</source>
        <translation>适配器几乎不起作用，学得很慢。</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Share of the adapter&apos;s inputs switched off at random in training.</source>
        <translation>训练时随机关闭的适配器输入比例。</translation>
    </message>
    <message>
        <source>Learning becomes slow and the training loss stays high.</source>
        <translation>学得慢，训练损失降不下来。</translation>
    </message>
    <message>
        <source>Without it small data sets overfit a little sooner; 0.05 can help.</source>
        <translation>没有它小数据集会稍早过拟合；0.05 可能有帮助。</translation>
    </message>
    <message>
        <source>Target modules</source>
        <translation>目标模块</translation>
    </message>
    <message>
        <source>Which linear layers get an adapter: all_linear, or names like q_proj.</source>
        <translation>哪些线性层带适配器：all_linear 或 q_proj 这样的名称。</translation>
    </message>
    <message>
        <source>More layers hold more and cost more memory and time.</source>
        <translation>层越多容量越大，内存和时间也越多。</translation>
    </message>
    <message>
        <source>Leaving out the MLP layers usually costs quality.</source>
        <translation>不含 MLP 层通常会损失质量。</translation>
    </message>
    <message>
        <source>Rank by module</source>
        <translation>按模块设秩</translation>
    </message>
    <message>
        <source>Other ranks for single modules, by name or pattern as in PEFT.</source>
        <translation>为个别模块设不同的秩，名称或模式与 PEFT 相同。</translation>
    </message>
    <message>
        <source>Many exceptions make runs hard to compare.</source>
        <translation>例外太多会让运行难以比较。</translation>
    </message>
    <message>
        <source>Without exceptions every module has the same rank, which is usual.</source>
        <translation>没有例外时所有模块的秩相同，这是常见做法。</translation>
    </message>
    <message>
        <source>Alpha by module</source>
        <translation>按模块设 alpha</translation>
    </message>
    <message>
        <source>Other alphas for single modules, by name or pattern as in PEFT.</source>
        <translation>为个别模块设不同的 alpha，名称或模式与 PEFT 相同。</translation>
    </message>
    <message>
        <source>A high alpha on one module lets it learn faster than its neighbours.</source>
        <translation>某个模块的 alpha 高，会比相邻模块学得快。</translation>
    </message>
    <message>
        <source>Without exceptions every module is scaled alike, which is usual.</source>
        <translation>没有例外时所有模块缩放相同，这是常见做法。</translation>
    </message>
    <message>
        <source>Rank-stabilised scaling</source>
        <translation>秩稳定缩放</translation>
    </message>
    <message>
        <source>Scales by alpha / sqrt(rank), so that high ranks keep learning.</source>
        <translation>按 alpha / sqrt(秩) 缩放，让高秩也能继续学习。</translation>
    </message>
    <message>
        <source>With an alpha chosen for plain LoRA the adapter acts much stronger.</source>
        <translation>若 alpha 是按普通 LoRA 选的，适配器作用会强得多。</translation>
    </message>
    <message>
        <source>At ranks of 64 and more, learning slows down as the rank grows.</source>
        <translation>秩到 64 及以上时，秩越高学得越慢。</translation>
    </message>
    <message>
        <source>DoRA</source>
        <translation>DoRA</translation>
    </message>
    <message>
        <source>Learns the length of each weight column apart from its direction.</source>
        <translation>把每个权重列的长度与方向分开学习。</translation>
    </message>
    <message>
        <source>Often a little better at low rank; slower and with more memory.</source>
        <translation>低秩时往往稍好，但更慢、更占内存。</translation>
    </message>
    <message>
        <source>Plain LoRA: faster, and good enough for most data.</source>
        <translation>普通 LoRA：更快，对大多数数据足够好。</translation>
    </message>
    <message>
        <source>Start values</source>
        <translation>初始值</translation>
    </message>
    <message>
        <source>How the adapter begins; default starts exactly at the base model.</source>
        <translation>适配器的起点；default 正好从基座模型开始。</translation>
    </message>
    <message>
        <source>pissa changes the base that the adapter belongs to, so that it does not fit the plain base any more.</source>
        <translation>pissa 会改变适配器所属的基座，因此不再适合原来的基座。</translation>
    </message>
    <message>
        <source>Go on from adapter</source>
        <translation>从适配器继续</translation>
    </message>
    <message>
        <source>A PEFT folder whose adapter is trained further.</source>
        <translation>要继续训练的适配器的 PEFT 文件夹。</translation>
    </message>
    <message>
        <source>An adapter whose rank or targets differ from this recipe is refused at the start.</source>
        <translation>秩或目标模块与此配方不符的适配器会在开始时被拒绝。</translation>
    </message>
    <message>
        <source>LoRA+ ratio</source>
        <translation>LoRA+ 比例</translation>
    </message>
    <message>
        <source>times</source>
        <translation>倍</translation>
    </message>
    <message>
        <source>Learning rate of matrix B divided by that of A; 1 is plain LoRA.</source>
        <translation>矩阵 B 的学习率与 A 的学习率之比；1 即普通 LoRA。</translation>
    </message>
    <message>
        <source>The loss jumps; 4 to 16 can learn faster.</source>
        <translation>损失会跳动；4 到 16 可能学得更快。</translation>
    </message>
    <message>
        <source>Below 1 the adapter learns slower than plain LoRA.</source>
        <translation>小于 1 时比普通 LoRA 学得更慢。</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>The rule that turns gradients into steps.</source>
        <translation>把梯度变成更新步的规则。</translation>
    </message>
    <message>
        <source>There is one at present, so nothing can be chosen wrongly.</source>
        <translation>目前只有一种，不会选错。</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Size of a step; LoRA usually takes 1e-4 to 5e-4.</source>
        <translation>每步的大小；LoRA 通常取 1e-4 到 5e-4。</translation>
    </message>
    <message>
        <source>The loss jumps or becomes no number.</source>
        <translation>损失跳动或变成非数字。</translation>
    </message>
    <message>
        <source>The run ends before it has learned.</source>
        <translation>还没学会运行就结束了。</translation>
    </message>
    <message>
        <source>Beta 1</source>
        <translation>Beta 1</translation>
    </message>
    <message>
        <source>Memory of the mean gradient.</source>
        <translation>平均梯度的记忆。</translation>
    </message>
    <message>
        <source>Reacts late to new rows.</source>
        <translation>对新数据反应迟缓。</translation>
    </message>
    <message>
        <source>Follows the noise of single steps.</source>
        <translation>跟着单步的噪声走。</translation>
    </message>
    <message>
        <source>Beta 2</source>
        <translation>Beta 2</translation>
    </message>
    <message>
        <source>Memory of the gradient&apos;s size; short runs may take 0.99.</source>
        <translation>梯度大小的记忆；短运行可取 0.99。</translation>
    </message>
    <message>
        <source>Needs a longer warm-up.</source>
        <translation>需要更长的预热。</translation>
    </message>
    <message>
        <source>Steps become restless.</source>
        <translation>步子变得不稳。</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Keeps the division by small gradients tame.</source>
        <translation>让除以很小的梯度时不失控。</translation>
    </message>
    <message>
        <source>Damps the steps of rarely used weights.</source>
        <translation>压低少用权重的步子。</translation>
    </message>
    <message>
        <source>Lets rarely used weights jump.</source>
        <translation>少用的权重会跳动。</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>Pulls the adapter towards zero; 0.01 to 0.1 can help against overfitting.</source>
        <translation>把适配器拉向零；0.01 到 0.1 有助于防止过拟合。</translation>
    </message>
    <message>
        <source>Undoes what was learned.</source>
        <translation>会抹掉学到的内容。</translation>
    </message>
    <message>
        <source>At 0 nothing holds back overfitting, which is usual for LoRA.</source>
        <translation>为 0 时没有抑制过拟合的作用，LoRA 通常如此。</translation>
    </message>
    <message>
        <source>Gradient limit</source>
        <translation>梯度上限</translation>
    </message>
    <message>
        <source>Gradients longer than this are shortened to it; 0 switches the limit off.</source>
        <translation>超过此长度的梯度会被缩短；0 表示关闭上限。</translation>
    </message>
    <message>
        <source>One odd row can spoil the run.</source>
        <translation>一行异常数据就可能毁掉运行。</translation>
    </message>
    <message>
        <source>Every step is slowed down.</source>
        <translation>每一步都会变慢。</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>学习率计划</translation>
    </message>
    <message>
        <source>How the learning rate changes: cosine and linear fall to the end, constant stays, wsd stays and falls in the last tenth.</source>
        <translation>学习率怎样变化：cosine 和 linear 一直降到结束，constant 不变，wsd 保持不变并在最后十分之一下降。</translation>
    </message>
    <message>
        <source>A constant rate often ends with a restless loss; a falling one cannot be continued well after its end.</source>
        <translation>恒定学习率结束时损失往往不稳；下降的学习率结束后不好再继续。</translation>
    </message>
    <message>
        <source>Warm-up steps</source>
        <translation>预热步数</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Steps in which the rate rises from zero; wins over the share below.</source>
        <translation>学习率从零上升的步数；优先于下面的比例。</translation>
    </message>
    <message>
        <source>Leaves little time at the full rate.</source>
        <translation>用完整学习率的时间太少。</translation>
    </message>
    <message>
        <source>The first steps can spoil the start.</source>
        <translation>最初几步可能搞坏开局。</translation>
    </message>
    <message>
        <source>Warm-up share</source>
        <translation>预热比例</translation>
    </message>
    <message>
        <source>of all steps</source>
        <translation>占总步数</translation>
    </message>
    <message>
        <source>Share of the run in which the rate rises from zero.</source>
        <translation>学习率从零上升的阶段占整个运行的比例。</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>passes</source>
        <translation>遍</translation>
    </message>
    <message>
        <source>How often all rows are seen.</source>
        <translation>所有数据行被看到的次数。</translation>
    </message>
    <message>
        <source>Rows are learned by heart: the validation loss rises again.</source>
        <translation>数据被背下来：验证损失又会上升。</translation>
    </message>
    <message>
        <source>Little is learned.</source>
        <translation>学到的很少。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Ends the run after this many optimizer steps; wins over epochs.</source>
        <translation>在这么多优化步后结束运行；优先于轮次。</translation>
    </message>
    <message>
        <source>The same rows are seen again and again.</source>
        <translation>同样的数据会一再出现。</translation>
    </message>
    <message>
        <source>The run ends before all rows were seen.</source>
        <translation>还没看完所有数据运行就结束。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>Real tokens of one optimizer step.</source>
        <translation>一个优化步的真实 token 数。</translation>
    </message>
    <message>
        <source>Steps are smooth but few: small data leaves too few of them.</source>
        <translation>步子平稳但很少：小数据集剩不下几步。</translation>
    </message>
    <message>
        <source>The loss of a step is mostly noise.</source>
        <translation>单步损失大多是噪声。</translation>
    </message>
    <message>
        <source>Batch rows</source>
        <translation>批行数</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Rows of one optimizer step; wins over the tokens above.</source>
        <translation>一个优化步的行数；优先于上面的 token 数。</translation>
    </message>
    <message>
        <source>Only a few steps remain.</source>
        <translation>只剩下几步。</translation>
    </message>
    <message>
        <source>Steps are noise, and rows of unequal length make their work vary.</source>
        <translation>步子都是噪声，长短不一的行让每步工作量不同。</translation>
    </message>
    <message>
        <source>Micro-batch</source>
        <translation>微批</translation>
    </message>
    <message>
        <source>Tokens computed at once; changes speed and memory, not what is learned.</source>
        <translation>一次计算的 token 数；影响速度和内存，不影响学到的内容。</translation>
    </message>
    <message>
        <source>Runs out of memory.</source>
        <translation>内存会不够。</translation>
    </message>
    <message>
        <source>Leaves the machine idle.</source>
        <translation>机器会闲着。</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Longest row that is read, in tokens.</source>
        <translation>能读取的最长的行，以 token 计。</translation>
    </message>
    <message>
        <source>Beyond the model&apos;s own range answers degrade, and memory grows with long rows.</source>
        <translation>超出模型自身的范围回答会变差，长行也更占内存。</translation>
    </message>
    <message>
        <source>Longer rows are dropped or cut.</source>
        <translation>更长的行会被丢弃或截断。</translation>
    </message>
    <message>
        <source>Compute type</source>
        <translation>计算类型</translation>
    </message>
    <message>
        <source>Number format of the computation; auto takes bf16 where the processor has it.</source>
        <translation>计算所用的数字格式；处理器支持时 auto 取 bf16。</translation>
    </message>
    <message>
        <source>bf16 is slow where the processor lacks it; fp32 is exact, slower and takes twice the memory.</source>
        <translation>处理器不支持时 bf16 很慢；fp32 精确，但更慢且内存翻倍。</translation>
    </message>
    <message>
        <source>Base storage</source>
        <translation>基座存储</translation>
    </message>
    <message>
        <source>How the frozen weights are kept in memory.</source>
        <translation>冻结的权重在内存中的存放方式。</translation>
    </message>
    <message>
        <source>q8_0 and nf4 save memory at the price of small errors; fp32 and bf16 are exact for models that come so.</source>
        <translation>q8_0 和 nf4 省内存，但有小误差；对本来如此的模型，fp32 和 bf16 是精确的。</translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation>重算</translation>
    </message>
    <message>
        <source>What is computed again in the backward pass instead of being kept.</source>
        <translation>反向传播时重新计算而不保留的内容。</translation>
    </message>
    <message>
        <source>none is fastest and needs the most memory; full needs the least and about a third more time.</source>
        <translation>none 最快但最占内存；full 最省内存，但时间约多三分之一。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Where the run computes: auto, cpu or cuda:0.</source>
        <translation>运行在哪里计算：auto、cpu 或 cuda:0。</translation>
    </message>
    <message>
        <source>A device that this machine lacks ends the run at its start.</source>
        <translation>本机没有的设备会让运行一开始就结束。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Processor threads that compute.</source>
        <translation>用于计算的处理器线程数。</translation>
    </message>
    <message>
        <source>More than there are cores makes it slower.</source>
        <translation>超过核数反而更慢。</translation>
    </message>
    <message>
        <source>Slower, but leaves room for other programs.</source>
        <translation>更慢，但给其他程序留出余地。</translation>
    </message>
    <message>
        <source>Evaluate every</source>
        <translation>评估间隔</translation>
    </message>
    <message>
        <source>Validation loss every so many steps; wins over epochs.</source>
        <translation>每隔这么多步算一次验证损失；优先于轮次。</translation>
    </message>
    <message>
        <source>Overfitting shows late.</source>
        <translation>很晚才看到过拟合。</translation>
    </message>
    <message>
        <source>Evaluations cost more time than training.</source>
        <translation>评估比训练还费时间。</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Validation loss every so many epochs; 0 only at the end.</source>
        <translation>每隔这么多轮次算一次验证损失；0 表示仅在结束时。</translation>
    </message>
    <message>
        <source>Sample prompts</source>
        <translation>示例提示</translation>
    </message>
    <message>
        <source>Prompts answered at each evaluation, so that progress can be read and not only measured.</source>
        <translation>每次评估时回答的提示，让进展不仅能量出来，也能读出来。</translation>
    </message>
    <message>
        <source>Each one costs the time of an answer at every evaluation.</source>
        <translation>每个提示在每次评估都要花一次回答的时间。</translation>
    </message>
    <message>
        <source>Without any, some validation rows are used.</source>
        <translation>一个都没有时，用几行验证数据。</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>耐心</translation>
    </message>
    <message>
        <source>evaluations</source>
        <translation>次评估</translation>
    </message>
    <message>
        <source>Stops when the metric has not improved for so many evaluations in a row.</source>
        <translation>指标连续这么多次评估没有改善就停止。</translation>
    </message>
    <message>
        <source>Goes on long after the best state was reached.</source>
        <translation>到达最佳状态后还会继续很久。</translation>
    </message>
    <message>
        <source>Stops at the first bad luck.</source>
        <translation>运气一差就停下。</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Save every</source>
        <translation>保存间隔</translation>
    </message>
    <message>
        <source>Saves every so many steps; wins over epochs.</source>
        <translation>每隔这么多步保存一次；优先于轮次。</translation>
    </message>
    <message>
        <source>Loses work when the machine stops.</source>
        <translation>机器停下时会丢掉工作。</translation>
    </message>
    <message>
        <source>Writes more than it computes.</source>
        <translation>写盘比计算还多。</translation>
    </message>
    <message>
        <source>Saves every so many epochs; 0 only at the end.</source>
        <translation>每隔这么多轮次保存一次；0 表示仅在结束时。</translation>
    </message>
    <message>
        <source>Keep the last</source>
        <translation>保留最近</translation>
    </message>
    <message>
        <source>checkpoints</source>
        <translation>个检查点</translation>
    </message>
    <message>
        <source>How many of the newest checkpoints stay on disk.</source>
        <translation>磁盘上保留多少个最新的检查点。</translation>
    </message>
    <message>
        <source>Each takes the size of the adapter and its optimizer state.</source>
        <translation>每个都占适配器及其优化器状态的大小。</translation>
    </message>
    <message>
        <source>Going back to an earlier state is not possible.</source>
        <translation>无法回到更早的状态。</translation>
    </message>
    <message>
        <source>Keep the best</source>
        <translation>保留最佳</translation>
    </message>
    <message>
        <source>Keeps the checkpoint with the best metric beside the newest ones.</source>
        <translation>除最新检查点外，还保留指标最好的那个。</translation>
    </message>
    <message>
        <source>Takes the room of one more checkpoint.</source>
        <translation>多占一个检查点的空间。</translation>
    </message>
    <message>
        <source>An overfitted run may have lost its best state.</source>
        <translation>过拟合的运行可能已丢掉最佳状态。</translation>
    </message>
    <message>
        <source>What decides which checkpoint is the best and when patience ends: the validation loss, or the share of tokens guessed right.</source>
        <translation>决定哪个检查点最好、以及何时提前停止：验证损失，或猜对的 token 所占比例。</translation>
    </message>
    <message>
        <source>The loss also sees how sure the model was; the accuracy only whether it was right, so that it moves in steps.</source>
        <translation>损失还能反映模型有多确定；准确率只看对错，因此变化是跳跃的。</translation>
    </message>
    <message>
        <source>Stop after</source>
        <translation>训练时长上限</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Stops and saves when the run has trained this long; pauses do not count.</source>
        <translation>训练达到这个时长后停止并保存；暂停的时间不计。</translation>
    </message>
    <message>
        <source>The clock never ends the run.</source>
        <translation>时间永远不会结束训练。</translation>
    </message>
    <message>
        <source>Ends before the learning rate has fallen.</source>
        <translation>学习率还没降下来就结束了。</translation>
    </message>
    <message>
        <source>Stop at loss</source>
        <translation>目标损失</translation>
    </message>
    <message>
        <source>Ends the run when the validation loss (without validation rows: the mean training loss of the last 20 steps) is this low.</source>
        <translation>验证损失降到这个值时结束训练（没有验证行时看最近 20 步的平均训练损失）。</translation>
    </message>
    <message>
        <source>Ends before the model has learned what it could.</source>
        <translation>模型还没学到应有的程度就结束了。</translation>
    </message>
    <message>
        <source>It is never reached.</source>
        <translation>永远达不到。</translation>
    </message>
    <message>
        <source>Keep free on disk</source>
        <translation>磁盘保留空间</translation>
    </message>
    <message>
        <source>GB</source>
        <translation>GB</translation>
    </message>
    <message>
        <source>Stops and saves when less than this is free on the disk of the run.</source>
        <translation>训练所在磁盘的可用空间低于此值时停止并保存。</translation>
    </message>
    <message>
        <source>Runs stop that would have had room.</source>
        <translation>本来空间够用的训练也会停止。</translation>
    </message>
    <message>
        <source>The disk is full before a checkpoint is written; 0 does not look.</source>
        <translation>检查点还没写完磁盘就满了；0 表示不检查。</translation>
    </message>
    <message>
        <source>Rows left out</source>
        <translation>排除的数据行</translation>
    </message>
    <message>
        <source>Training rows that are not used, by number from 0: [17, 40-60]; they hold for these files in this order.</source>
        <translation>不参与训练的数据行，按从 0 开始的编号写：[17, 40-60]；编号只对这些文件的这一顺序有效。</translation>
    </message>
    <message>
        <source>What these rows would have taught is missing.</source>
        <translation>这些数据行本可教的内容就缺了。</translation>
    </message>
    <message>
        <source>Rows that spoil a run stay in it.</source>
        <translation>会毁掉运行的数据行留在其中。</translation>
    </message>
    <message>
        <source>Gradient norms by layer</source>
        <translation>各层梯度范数</translation>
    </message>
    <message>
        <source>Writes the size of the gradient of each layer with every step.</source>
        <translation>每一步都记录每层梯度的大小。</translation>
    </message>
    <message>
        <source>Shows which layers learn and where a divergence began; the run&apos;s log grows by one number a layer and step.</source>
        <translation>能看出哪些层在学习、发散从哪里开始；运行日志每步每层多一个数。</translation>
    </message>
    <message>
        <source>Only the size of the whole gradient is known.</source>
        <translation>只知道整个梯度的大小。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AdvancedForm</name>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>Only settings that differ from the default</source>
        <translation>仅与默认值不同的设置</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Every setting is at its default.</source>
        <translation>所有设置都是默认值。</translation>
    </message>
    <message>
        <source>No setting speaks of “%1”. Try a shorter word.</source>
        <translation>没有设置提到“%1”。换个短一点的词试试。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln setting(s)</source>
        <translation>
            <numerusform>%Ln 项设置</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln changed</source>
        <translation>
            <numerusform>已更改 %Ln 项</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 changed</source>
        <translation>%2 项中更改了 %1 项</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AdvancedRow</name>
    <message>
        <source>Reset %1</source>
        <translation>重置%1</translation>
    </message>
    <message>
        <source>one entry a line</source>
        <translation>每行一项</translation>
    </message>
    <message>
        <source>not set</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>Choose for %1</source>
        <translation>为%1选择</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>default: %1</source>
        <translation>默认：%1</translation>
    </message>
    <message>
        <source>differs from the default</source>
        <translation>与默认值不同</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AgreementPresenter</name>
    <message>
        <source>Settle row %1: %2</source>
        <translation>裁定第 %1 行：%2</translation>
    </message>
    <message>
        <source>All disagreements are settled</source>
        <translation>所有分歧都已裁定</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AnswersModel</name>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>As wanted</source>
        <translation>符合期望</translation>
    </message>
    <message>
        <source>base</source>
        <translation>基座</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>%1. New: %2</source>
        <translation>%1。新的：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ArchiveStrip</name>
    <message>
        <source>Importing</source>
        <translation>正在导入</translation>
    </message>
    <message>
        <source>%1 imported from %2 as %3, because its name was taken</source>
        <translation>%1 已从 %2 导入；原名已被占用，改为 %3</translation>
    </message>
    <message>
        <source>%1 imported from %2</source>
        <translation>%1 已从 %2 导入</translation>
    </message>
    <message>
        <source>Import a run</source>
        <translation>导入运行</translation>
    </message>
    <message>
        <source>Archive of a run (*.tar)</source>
        <translation>运行归档 (*.tar)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a project first: a run is imported into a project.</source>
        <translation>请先打开一个项目：运行会导入到项目中。</translation>
    </message>
    <message>
        <source>Importing %1</source>
        <translation>导入 %1 </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more wait(s)</source>
        <translation>
            <numerusform>还有 %Ln 个在等待</numerusform>
        </translation>
    </message>
    <message>
        <source>Not imported: %1</source>
        <translation>未导入：%1</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Drop to import the run into %1.</source>
        <translation>松开即可把运行导入到“%1”。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AutopsyPresenter</name>
    <message>
        <source>, </source>
        <comment>between numbers</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>This step is like the others of this run.</source>
        <translation>这一步与本次运行的其他步没有不同。</translation>
    </message>
    <message>
        <source>Likely the learning rate is too high: values of the adapter have grown to %1.</source>
        <translation>很可能是学习率过高：适配器的数值已增大到 %1。</translation>
    </message>
    <message numerus="yes">
        <source>Likely the learning rate is too high: the gradient norm rose for %Ln step(s) before, to %1 where %2 is usual.</source>
        <translation>
            <numerusform>很可能是学习率过高：此前梯度范数连续 %Ln 步上升，到 %1，而通常为 %2。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Likely the learning rate is too high: the loss rose for %Ln step(s) before, to %1 where %2 is usual.</source>
        <translation>
            <numerusform>很可能是学习率过高：此前损失连续 %Ln 步上升，到 %1，而通常为 %2。</numerusform>
        </translation>
    </message>
    <message>
        <source>The gradient norm jumped to %1 at step %2, where %3 is usual: a learning rate that is too high, or rows of that step.</source>
        <translation>梯度范数在第 %2 步跳到 %1，而通常为 %3：学习率过高，或是那一步的数据行所致。</translation>
    </message>
    <message>
        <source>The adapter held values that are not numbers before this step began: the update of the step before made them, not the rows of this one.</source>
        <translation>这一步开始之前，适配器里就已有非数值：它们由上一步的更新产生，与这一步的数据行无关。</translation>
    </message>
    <message>
        <source>Likely one row: it alone of %1 has a loss that is not a number, and nothing rose before.</source>
        <translation>很可能是某一行数据：%1 行中只有它的损失不是数值，而此前没有任何上升。</translation>
    </message>
    <message>
        <source>%1 of %2 rows have a loss that is not a number, and nothing rose before.</source>
        <translation>%2 行中有 %1 行的损失不是数值，而此前没有任何上升。</translation>
    </message>
    <message>
        <source>All %1 rows have a loss that is not a number, and nothing rose before: single rows are not the cause.</source>
        <translation>全部 %1 行的损失都不是数值，而此前没有任何上升：原因不在个别数据行。</translation>
    </message>
    <message>
        <source>This step alone is unusual: the run went on as before, so its rows are harder or different.</source>
        <translation>只有这一步异常：之后运行一如既往，所以是它的数据行更难或不同。</translation>
    </message>
    <message>
        <source>What was recorded does not tell the cause.</source>
        <translation>已有记录说明不了原因。</translation>
    </message>
    <message>
        <source>Loss %1, gradient norm %2 at this step.</source>
        <translation>这一步的损失为 %1，梯度范数为 %2。</translation>
    </message>
    <message>
        <source>Gradient norm above the usual since step %1: last %2, usual %3.</source>
        <translation>梯度范数自第 %1 步起高于平常：最后 %2，通常 %3。</translation>
    </message>
    <message>
        <source>Gradient norm as usual before: last %1, usual %2.</source>
        <translation>此前梯度范数正常：最后 %1，通常 %2。</translation>
    </message>
    <message>
        <source>Loss above the usual since step %1: last %2, usual %3.</source>
        <translation>损失自第 %1 步起高于平常：最后 %2，通常 %3。</translation>
    </message>
    <message>
        <source>Loss as usual before: last %1, usual %2.</source>
        <translation>此前损失正常：最后 %1，通常 %2。</translation>
    </message>
    <message>
        <source>The gradient norm rose first.</source>
        <translation>先上升的是梯度范数。</translation>
    </message>
    <message>
        <source>The loss rose first.</source>
        <translation>先上升的是损失。</translation>
    </message>
    <message>
        <source>The adapter holds values that are not numbers.</source>
        <translation>适配器里有非数值。</translation>
    </message>
    <message>
        <source>Largest value of the adapter: %1.</source>
        <translation>适配器的最大数值：%1。</translation>
    </message>
    <message>
        <source>%1 of %2 rows computed until then have a loss that is not a number.</source>
        <translation>到那时算过的 %2 行中，有 %1 行的损失不是数值。</translation>
    </message>
    <message>
        <source>All losses are numbers, the gradient is not: layers %1.</source>
        <translation>损失都是数值，梯度不是：第 %1 层。</translation>
    </message>
    <message>
        <source>Largest loss that is a number: row %1, %2.</source>
        <translation>仍是数值的最大损失：第 %1 行，%2。</translation>
    </message>
    <message>
        <source>Learning rate %1, the highest until then %2.</source>
        <translation>学习率 %1，到那时为止最高 %2。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>It was still rising.</source>
        <translation>当时仍在上升。</translation>
    </message>
    <message>
        <source>Gradients were not limited: the gradient limit is 0.</source>
        <translation>梯度没有限制：梯度上限为 0。</translation>
    </message>
    <message>
        <source>It is the first step of epoch %1.</source>
        <translation>这是第 %1 轮的第一步。</translation>
    </message>
    <message>
        <source>The run was resumed from step %1 shortly before.</source>
        <translation>不久之前，运行从第 %1 步恢复过。</translation>
    </message>
    <message>
        <source>From step %1 on %2 is %3, it was %4.</source>
        <translation>自第 %1 步起，%2 为 %3，原为 %4。</translation>
    </message>
    <message>
        <source>Computed in %1.</source>
        <translation>以 %1 计算。</translation>
    </message>
    <message>
        <source>Last checkpoint before it: step %1.</source>
        <translation>在此之前最后的检查点：第 %1 步。</translation>
    </message>
    <message>
        <source>No checkpoint was saved before it.</source>
        <translation>在此之前没有保存过检查点。</translation>
    </message>
    <message>
        <source>Step %1: the gradient is not a number</source>
        <translation>第 %1 步：梯度不是数值</translation>
    </message>
    <message>
        <source>Step %1: the loss is not a number</source>
        <translation>第 %1 步：损失不是数值</translation>
    </message>
    <message>
        <source>Step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>Continue from step %1 at half the rate</source>
        <translation>以一半的学习率从第 %1 步继续</translation>
    </message>
    <message>
        <source>Start again at half the rate</source>
        <translation>以一半的学习率重新开始</translation>
    </message>
    <message>
        <source>The same run goes on from step %1 with the learning rate %2; the change is noted in it.</source>
        <translation>同一个运行从第 %1 步继续，学习率为 %2；这一改动会记录在运行中。</translation>
    </message>
    <message>
        <source>A new run begins: no checkpoint was saved before.</source>
        <translation>将开始一个新的运行：之前没有保存过检查点。</translation>
    </message>
    <message>
        <source>A new run begins with the adapter of step %1: without these rows the steps are others, so the old ones cannot be continued exactly.</source>
        <translation>将以第 %1 步的适配器开始一个新的运行：去掉这些数据行后步的组成不同，无法精确接着原来的步继续。</translation>
    </message>
    <message>
        <source>A new run begins without these rows.</source>
        <translation>将开始一个不含这些数据行的新运行。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::AutopsyView</name>
    <message>
        <source>Look into this step</source>
        <translation>查看这一步</translation>
    </message>
    <message>
        <source>Show rows</source>
        <translation>显示数据行</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Step to look into</source>
        <translation>要查看的步</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Rows of this step</source>
        <translation>这一步的数据行</translation>
    </message>
    <message>
        <source>Type the number of a step.</source>
        <translation>请输入步的编号。</translation>
    </message>
    <message numerus="yes">
        <source>Leave %Ln row(s) out</source>
        <translation>
            <numerusform>排除 %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Leave these rows out</source>
        <translation>排除这些数据行</translation>
    </message>
    <message>
        <source>Tick the rows below first.</source>
        <translation>请先在下面勾选数据行。</translation>
    </message>
    <message>
        <source>This run did not diverge. Any step can be looked into, for example a jump of the loss.</source>
        <translation>这个运行没有发散。任何一步都可以查看，例如损失突然跳高的那一步。</translation>
    </message>
    <message>
        <source>Reading what was recorded…</source>
        <translation>正在读取记录…</translation>
    </message>
    <message>
        <source>Another step can be looked into, too.</source>
        <translation>也可以查看其他步。</translation>
    </message>
    <message>
        <source>The run has no such step.</source>
        <translation>这个运行没有这一步。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Bar</name>
    <message>
        <source>%1 percent</source>
        <translation>百分之 %1</translation>
    </message>
    <message>
        <source>working</source>
        <translation>进行中</translation>
    </message>
</context>
<context>
    <name>fettle::ui::BeforeChart</name>
    <message>
        <source>Loss and gradient norm before the step</source>
        <translation>这一步之前的损失和梯度范数</translation>
    </message>
    <message>
        <source>Step %1: loss %2, gradient norm %3, learning rate %4</source>
        <translation>第 %1 步：损失 %2，梯度范数 %3，学习率 %4</translation>
    </message>
    <message>
        <source>rises from step %1</source>
        <translation>自第 %1 步起上升</translation>
    </message>
    <message>
        <source>No step was finished before it.</source>
        <translation>在此之前没有完成过任何一步。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Step %1</source>
        <translation>第 %1 步</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Bubble</name>
    <message>
        <source>%1: %2</source>
        <comment>role, text</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>（空）</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>%1, being edited</source>
        <translation>%1，正在编辑</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Ctrl+Return saves, Esc leaves</source>
        <translation>Ctrl+Return 保存，Esc 离开</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Chart</name>
    <message>
        <source>falling from %1</source>
        <translation>自 %1 下降</translation>
    </message>
    <message>
        <source>rising from %1</source>
        <translation>自 %1 上升</translation>
    </message>
    <message>
        <source>level</source>
        <translation>持平</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>1–99 %</source>
        <comment>percentiles of the values</comment>
        <translation>1–99%</translation>
    </message>
    <message>
        <source>1 to 99 % of the values</source>
        <translation>只看中间 98% 的值</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartBoard</name>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Along</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>token 数</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Usual charts</source>
        <translation>恢复常用图表</translation>
    </message>
    <message>
        <source>Add a log…</source>
        <translation>添加日志…</translation>
    </message>
    <message>
        <source>Add a log to the charts</source>
        <translation>把日志添加到图表</translation>
    </message>
    <message>
        <source>Logs (*.json *.jsonl *.csv *tfevents*)</source>
        <translation>日志 (*.json *.jsonl *.csv *tfevents*)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Add a folder with a log…</source>
        <translation>添加含日志的文件夹…</translation>
    </message>
    <message>
        <source>Add a folder with a log</source>
        <translation>添加含日志的文件夹</translation>
    </message>
    <message>
        <source>Save as picture (PNG)…</source>
        <translation>存为图片（PNG）…</translation>
    </message>
    <message>
        <source>Save as drawing (SVG)…</source>
        <translation>存为矢量图（SVG）…</translation>
    </message>
    <message>
        <source>Save as numbers (CSV)…</source>
        <translation>存为数据（CSV）…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Export numbers of this run…</source>
        <translation>导出这次训练的全部数据…</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>对数坐标</translation>
    </message>
    <message>
        <source>Ignore outliers</source>
        <translation>忽略离群值</translation>
    </message>
    <message>
        <source>Smoothed</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Twice as wide</source>
        <translation>加宽一倍</translation>
    </message>
    <message>
        <source>Move left	Alt+Left</source>
        <translation>左移	Alt+左</translation>
    </message>
    <message>
        <source>Move right	Alt+Right</source>
        <translation>右移	Alt+右</translation>
    </message>
    <message>
        <source>Hide this chart</source>
        <translation>隐藏此图</translation>
    </message>
    <message>
        <source>Drop to lay this log over the charts.</source>
        <translation>松开鼠标，把这份日志叠加到图表上。</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message>
        <source>Line %1, key “%2”: %3</source>
        <translation>第 %1 行，键“%2”：%3</translation>
    </message>
    <message>
        <source>Key “%1”: %2</source>
        <translation>键“%1”：%2</translation>
    </message>
    <message>
        <source>diverged</source>
        <translation>已发散</translation>
    </message>
    <message>
        <source>train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>by step only</source>
        <translation>只能按步数</translation>
    </message>
    <message>
        <source>Checkpoint, the best so far</source>
        <translation>检查点，目前最佳</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Evaluated</source>
        <translation>已评估</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Resumed</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Continued from this checkpoint</source>
        <translation>从此检查点继续</translation>
    </message>
    <message>
        <source>Diverged: the loss is not a number</source>
        <translation>已发散：损失不是数</translation>
    </message>
    <message>
        <source>%1 could not be read as a log</source>
        <translation>%1 不能作为日志读取</translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln thing(s) could not be read</source>
        <translation>
            <numerusform>%1：有 %Ln 处无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything else is in the charts. %1</source>
        <translation>其余内容已在图表中。%1</translation>
    </message>
    <message>
        <source>%1 is in the charts</source>
        <translation>%1 已加入图表</translation>
    </message>
    <message numerus="yes">
        <source>%Ln point(s) of steps that were trained again are left out.</source>
        <translation>
            <numerusform>略去了 %Ln 个后来重新训练过的点。</numerusform>
        </translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartFiles</name>
    <message>
        <source>Saved as %1</source>
        <translation>已存为 %1</translation>
    </message>
    <message>
        <source>Saving the chart</source>
        <translation>保存图表</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>图片 (*.png)</translation>
    </message>
    <message>
        <source>Drawing (*.svg)</source>
        <translation>矢量图 (*.svg)</translation>
    </message>
    <message>
        <source>Numbers (*.csv)</source>
        <translation>数值 (*.csv)</translation>
    </message>
    <message>
        <source>Save chart</source>
        <translation>保存图表</translation>
    </message>
    <message>
        <source>Export numbers of this run</source>
        <translation>导出这次训练的全部数据</translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln line(s)</source>
        <translation>
            <numerusform>%1：%Ln 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that a resume overwrote left out</source>
        <translation>
            <numerusform>略去 %Ln 行被续训覆盖的数据</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that could not be read left out</source>
        <translation>
            <numerusform>略去 %Ln 行无法读取的数据</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartLegend</name>
    <message>
        <source>Show %1</source>
        <translation>显示 %1</translation>
    </message>
    <message>
        <source>%1: click shows or hides it, Del takes it away</source>
        <translation>%1：单击显示或隐藏，Del 键移除</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartMetric</name>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Token accuracy</source>
        <translation>token 准确率</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Tokens/s</source>
        <translation>token/秒</translation>
    </message>
    <message>
        <source>Time per step</source>
        <translation>每步用时</translation>
    </message>
    <message>
        <source>Waiting per step</source>
        <translation>每步等待</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Peak device memory</source>
        <translation>显存峰值</translation>
    </message>
    <message>
        <source>Trained tokens per step</source>
        <translation>每步训练的 token</translation>
    </message>
    <message>
        <source>Tokens per step</source>
        <translation>每步 token</translation>
    </message>
    <message>
        <source>Computed tokens per step</source>
        <translation>每步计算的 token</translation>
    </message>
</context>
<context>
    <name>fettle::ui::CheckChips</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>check, rows</comment>
        <translation>%1 · %2</translation>
    </message>
    <message numerus="yes">
        <source>%Ln more</source>
        <comment>chips</comment>
        <translation>
            <numerusform>还有 %Ln 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Show only: %1</source>
        <translation>只显示：%1</translation>
    </message>
    <message>
        <source>%1…</source>
        <comment>a fix with a preview</comment>
        <translation>%1…</translation>
    </message>
</context>
<context>
    <name>fettle::ui::CheckWords</name>
    <message>
        <source>%1: %2</source>
        <comment>other row, detail</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>explanation, where</comment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChoiceModel</name>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ClosingPage</name>
    <message>
        <source>Finishing the step and saving</source>
        <translation>正在完成这一步并保存</translation>
    </message>
    <message>
        <source>The window closes by itself when that is done.</source>
        <translation>完成后窗口会自行关闭。</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>for %1</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>%1: %2, step %3</source>
        <translation>%1：%2，第 %3 步</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Columns</name>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>token 数</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Turns</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Answer length</source>
        <translation>回答长度</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Rating</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Commands</name>
    <message>
        <source>Everywhere</source>
        <translation>任何地方</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>主页</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>List of keys</source>
        <translation>快捷键列表</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>New project from a file</source>
        <translation>由文件新建项目</translation>
    </message>
    <message>
        <source>Press the page&apos;s main button</source>
        <translation>按下本页的主按钮</translation>
    </message>
    <message>
        <source>Go to anything by name</source>
        <translation>按名称前往任何地方</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一个窗格</translation>
    </message>
    <message>
        <source>Previous pane</source>
        <translation>上一个窗格</translation>
    </message>
    <message>
        <source>Open or close Runs</source>
        <translation>展开或收起“运行”</translation>
    </message>
    <message>
        <source>Pause or resume</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>停止并保存</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Comfortable or compact rows</source>
        <translation>宽松或紧凑的行</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Overlay the run in the charts</source>
        <translation>把运行叠加到图表</translation>
    </message>
    <message>
        <source>Show the run</source>
        <translation>显示该运行</translation>
    </message>
    <message>
        <source>Menu of the run</source>
        <translation>该运行的菜单</translation>
    </message>
    <message>
        <source>Move the cursor, with Shift ten steps</source>
        <translation>移动光标，按住 Shift 一次十步</translation>
    </message>
    <message>
        <source>Zoom in, zoom out, fit</source>
        <translation>放大、缩小、适合</translation>
    </message>
    <message>
        <source>Linear or log</source>
        <translation>线性或对数</translation>
    </message>
    <message>
        <source>Smoothing on or off</source>
        <translation>打开或关闭平滑</translation>
    </message>
    <message>
        <source>Copy the values under the cursor</source>
        <translation>复制光标处的数值</translation>
    </message>
    <message>
        <source>Go from token to token</source>
        <translation>在 token 之间移动</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Search the settings of the recipe</source>
        <translation>搜索配方设置</translation>
    </message>
    <message>
        <source>Next fault of the YAML text</source>
        <translation>YAML 文本的下一处错误</translation>
    </message>
    <message>
        <source>Delete the run; Ctrl+Z brings it back</source>
        <translation>删除训练；Ctrl+Z 可恢复</translation>
    </message>
    <message>
        <source>Name, tags and note of the run</source>
        <translation>训练的名称、标签和备注</translation>
    </message>
    <message>
        <source>Earlier or later in the queue</source>
        <translation>在队列中提前或推后</translation>
    </message>
    <message>
        <source>Import a run from its archive</source>
        <translation>从归档导入运行</translation>
    </message>
    <message>
        <source>To the next mark: checkpoint, evaluation, pause</source>
        <translation>到下一个标记：检查点、评估、暂停</translation>
    </message>
    <message>
        <source>Labeling</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Choose a label by its number; 0 and a name for any other</source>
        <translation>按编号选标签；按 0 后输入名称可选其他标签</translation>
    </message>
    <message>
        <source>Accept, reject the row</source>
        <translation>接受、剔除该行</translation>
    </message>
    <message>
        <source>Two answers: left, right is better, tie</source>
        <translation>两个回答：左边更好、右边更好、不分高下</translation>
    </message>
    <message>
        <source>Edit the answer of the row; Ctrl+Return saves, Esc leaves</source>
        <translation>编辑该行的回答；Ctrl+Return 保存，Esc 取消</translation>
    </message>
    <message>
        <source>Take a step back, do it again</source>
        <translation>撤销一步、重做</translation>
    </message>
    <message>
        <source>Next and previous row</source>
        <translation>下一行和上一行</translation>
    </message>
    <message>
        <source>Skip to the next row that is not decided</source>
        <translation>跳到下一个未判断的行</translation>
    </message>
    <message>
        <source>Rate the row; the same again takes it away</source>
        <translation>给该行评分；再按一次取消</translation>
    </message>
    <message>
        <source>Tag, comment</source>
        <translation>标记、备注</translation>
    </message>
    <message>
        <source>Search the rows of the queue</source>
        <translation>搜索队列中的行</translation>
    </message>
    <message>
        <source>Go to a row of the queue by its number</source>
        <translation>按编号转到队列中的行</translation>
    </message>
    <message>
        <source>Rows like this one, and back</source>
        <translation>与该行相似的行，再按返回</translation>
    </message>
    <message>
        <source>Session and agreement</source>
        <translation>本次标注与一致性</translation>
    </message>
    <message>
        <source>Leave the queue</source>
        <translation>离开队列</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>First and last row</source>
        <translation>第一行和最后一行</translation>
    </message>
    <message>
        <source>Go to a row by its number</source>
        <translation>按编号转到某行</translation>
    </message>
    <message>
        <source>Mark the row; arrows then leave the marks alone</source>
        <translation>标记该行；之后方向键不会改变标记</translation>
    </message>
    <message>
        <source>Choose all rows that match</source>
        <translation>选择所有符合的行</translation>
    </message>
    <message>
        <source>Token x-ray, conversation, history of the row</source>
        <translation>该行的 token 透视、对话、历史</translation>
    </message>
    <message>
        <source>Edit the answer; Ctrl+Return saves, Esc leaves</source>
        <translation>编辑回答；Ctrl+Return 保存，Esc 离开</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Search rows</source>
        <translation>搜索行</translation>
    </message>
    <message>
        <source>Reject the chosen rows; Ctrl+Z brings them back</source>
        <translation>剔除选中的行；Ctrl+Z 恢复</translation>
    </message>
    <message>
        <source>Undo and redo</source>
        <translation>撤销和重做</translation>
    </message>
    <message>
        <source>Open or close the side panel</source>
        <translation>打开或关闭侧栏</translation>
    </message>
    <message>
        <source>Menu of the row and its fixes</source>
        <translation>该行的菜单和修复方法</translation>
    </message>
</context>
<context>
    <name>fettle::ui::DataPage</name>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1失败：%2</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Versions, splits, duplicates and export</source>
        <translation>版本、划分、重复和导出</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>剔除</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Label for these rows</source>
        <translation>这些行的标签</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tag for these rows</source>
        <translation>这些行的标记</translation>
    </message>
    <message>
        <source>Redact</source>
        <translation>遮盖</translation>
    </message>
    <message>
        <source>Choose no rows</source>
        <translation>取消选择</translation>
    </message>
    <message>
        <source>Changing rows</source>
        <translation>正在改动行</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>No row matches</source>
        <translation>没有符合的行</translation>
    </message>
    <message>
        <source>The filter above leaves nothing. Take a condition away, or show all rows.</source>
        <translation>上面的筛选没有留下任何行。去掉一个条件，或显示所有行。</translation>
    </message>
    <message>
        <source>Show all rows</source>
        <translation>显示所有行</translation>
    </message>
    <message>
        <source>No rows yet</source>
        <translation>还没有数据行</translation>
    </message>
    <message>
        <source>Drop a file here, or import one: JSONL, JSON, CSV, TSV or a folder of texts.</source>
        <translation>把文件拖到这里，或导入：JSONL、JSON、CSV、TSV 或文本文件夹。</translation>
    </message>
    <message>
        <source>Import a file</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>Opening the rows…</source>
        <translation>正在打开数据行…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Search rows</source>
        <translation>搜索行</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Rows changed: look again</source>
        <translation>行有改动：重新查找</translation>
    </message>
    <message>
        <source>Rows by a number</source>
        <translation>按数值的行数</translation>
    </message>
    <message>
        <source>Rows by a text</source>
        <translation>按文本的行数</translation>
    </message>
    <message>
        <source>Number of the histogram</source>
        <translation>直方图的数值</translation>
    </message>
    <message>
        <source>Text of the balance</source>
        <translation>分布的文本</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation>侧栏</translation>
    </message>
    <message>
        <source>Go to row</source>
        <translation>转到行</translation>
    </message>
    <message>
        <source>Usual columns</source>
        <translation>默认的列</translation>
    </message>
    <message>
        <source>%1: show both</source>
        <translation>%1：并排显示</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Move to split</source>
        <translation>移到划分</translation>
    </message>
    <message>
        <source>Token x-ray</source>
        <translation>Token 透视</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Versions and differences…</source>
        <translation>版本和差异…</translation>
    </message>
    <message>
        <source>Plan splits…</source>
        <translation>规划划分…</translation>
    </message>
    <message>
        <source>Duplicates side by side…</source>
        <translation>并排查看重复行…</translation>
    </message>
    <message>
        <source>Imported files…</source>
        <translation>已导入的文件…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>for example %1</source>
        <translation>例如 %1</translation>
    </message>
    <message>
        <source>Go to row number</source>
        <translation>转到行号</translation>
    </message>
    <message>
        <source>Row %1 is not among the rows that show.</source>
        <translation>第 %1 行不在当前显示的行里。</translation>
    </message>
    <message>
        <source>“%1” is not a row number.</source>
        <translation>“%1”不是行号。</translation>
    </message>
    <message>
        <source>Import rows</source>
        <translation>导入行</translation>
    </message>
    <message>
        <source>Rows (*.jsonl *.json *.csv *.tsv *.txt *.parquet)</source>
        <translation>数据行 (*.jsonl *.json *.csv *.tsv *.txt *.parquet)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message numerus="yes">
        <source>Search %1 row(s)</source>
        <translation>
            <numerusform>搜索 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>Nothing to redo.</source>
        <translation>没有可重做的操作。</translation>
    </message>
    <message>
        <source>These rows can be read, not changed</source>
        <translation>这些行可以读取，但不能改动</translation>
    </message>
    <message>
        <source>The rows could not be read. %1</source>
        <translation>无法读取数据行。%1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>%1 changed since it was imported</source>
        <translation>%1 在导入之后有改动</translation>
    </message>
    <message>
        <source>Import it again to see what is new, changed or gone. Labels stay.</source>
        <translation>再次导入，查看哪些是新的、改过的或已不存在的。标签会保留。</translation>
    </message>
    <message>
        <source>Look at the changes</source>
        <translation>查看改动</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>%1: take this condition away</source>
        <translation>%1：去掉这个条件</translation>
    </message>
    <message>
        <source>Take this condition away</source>
        <translation>去掉这个条件</translation>
    </message>
    <message>
        <source>Filter · %1</source>
        <translation>筛选 · %1</translation>
    </message>
    <message>
        <source>Tokens per row</source>
        <translation>每行的 token 数</translation>
    </message>
    <message numerus="yes">
        <source>%1 %2 to %3: %4 row(s)</source>
        <translation>
            <numerusform>%1 %2 到 %3：%4 行</numerusform>
        </translation>
    </message>
    <message>
        <source>median %1 · longest %2</source>
        <translation>中位数 %1 · 最长 %2</translation>
    </message>
    <message>
        <source>median %1 · most %2</source>
        <translation>中位数 %1 · 最大 %2</translation>
    </message>
    <message>
        <source>%1 · %2 not known</source>
        <translation>%1 · %2 行未知</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>尚未知道</translation>
    </message>
    <message>
        <source>context %1</source>
        <translation>上下文 %1</translation>
    </message>
    <message>
        <source>(none)</source>
        <translation>（无）</translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 row(s)</source>
        <translation>
            <numerusform>%1：%2 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 different · entropy %2 bit</source>
        <translation>%1 种 · 熵 %2 bit</translation>
    </message>
    <message>
        <source>All %1 matching rows</source>
        <translation>所有符合的 %1 行</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) chosen</source>
        <translation>
            <numerusform>已选 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>All %1 matching</source>
        <translation>选择所有符合的 %1 行</translation>
    </message>
    <message>
        <source>Rows are being changed.</source>
        <translation>正在改动行。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::DataPresenter</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undone: %1</source>
        <translation>已撤销：%1</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Done again: %1</source>
        <translation>已重做：%1</translation>
    </message>
    <message>
        <source>%1 and %2</source>
        <translation>%1 和 %2</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %Ln more file(s)</source>
        <translation>
            <numerusform>%1 和另外 %Ln 个文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject %1 row(s)</source>
        <translation>
            <numerusform>剔除 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Bring back %1 row(s)</source>
        <translation>
            <numerusform>恢复 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %1 row(s) to %2</source>
        <translation>
            <numerusform>把 %1 行移到%2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take the label of %1 row(s) away</source>
        <translation>
            <numerusform>去掉 %1 行的标签</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %1 row(s) %2</source>
        <translation>
            <numerusform>给 %1 行加标签 %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tag %1 row(s) %2</source>
        <translation>
            <numerusform>给 %1 行加标记 %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take tag %2 from %1 row(s)</source>
        <translation>
            <numerusform>从 %1 行去掉标记 %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take the rating of %1 row(s) away</source>
        <translation>
            <numerusform>去掉 %1 行的评分</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rate %1 row(s) %2</source>
        <translation>
            <numerusform>给 %1 行评分 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Reject row %1</source>
        <translation>剔除第 %1 行</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <comment>rows in files</comment>
        <translation>%1，来自 %2</translation>
    </message>
    <message>
        <source>train %1</source>
        <translation>训练 %1</translation>
    </message>
    <message>
        <source>validation %1</source>
        <translation>验证 %1</translation>
    </message>
    <message>
        <source>test %1, frozen</source>
        <translation>测试 %1（冻结）</translation>
    </message>
    <message>
        <source>no split %1</source>
        <translation>未划分 %1</translation>
    </message>
    <message>
        <source>%1 rejected</source>
        <translation>已剔除 %1</translation>
    </message>
    <message>
        <source>Showing all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Indexing %1 of %2</source>
        <translation>正在建立索引 %1 / %2</translation>
    </message>
    <message>
        <source>Counting tokens %1 of %2</source>
        <translation>正在计算 token %1 / %2</translation>
    </message>
    <message>
        <source>Looking for duplicates %1 of %2</source>
        <translation>正在查找重复 %1 / %2</translation>
    </message>
    <message>
        <source>Checking %1 of %2</source>
        <translation>正在检查 %1 / %2</translation>
    </message>
    <message>
        <source>%1 · about %2 left</source>
        <translation>%1 · 约剩 %2</translation>
    </message>
    <message>
        <source>Looking for duplicates and leaks</source>
        <translation>正在查找重复和泄漏</translation>
    </message>
    <message>
        <source>The index is not ready yet: searching reads every row.</source>
        <translation>索引尚未建好：搜索会逐行读取。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::DifferenceModel</name>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>之后</translation>
    </message>
</context>
<context>
    <name>fettle::ui::DisagreementList</name>
    <message>
        <source>%1, open</source>
        <translation>%1，未裁定</translation>
    </message>
    <message>
        <source>%1, settled: %2</source>
        <translation>%1，已裁定：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ErrorWords</name>
    <message>
        <source>“%1” was not found.</source>
        <translation>找不到“%1”。</translation>
    </message>
    <message>
        <source>Something that is needed was not found.</source>
        <translation>找不到所需的内容。</translation>
    </message>
    <message>
        <source>It may have been moved or renamed. Choose it again, or put it back.</source>
        <translation>它可能被移动或改名了。请重新选择，或放回原处。</translation>
    </message>
    <message>
        <source>“%1” may not be read or written.</source>
        <translation>没有读写“%1”的权限。</translation>
    </message>
    <message>
        <source>The file may not be read or written.</source>
        <translation>没有读写该文件的权限。</translation>
    </message>
    <message>
        <source>Change its permissions, or choose another place.</source>
        <translation>请更改权限，或选择其他位置。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>What was saved before is whole. Free some space, then try again.</source>
        <translation>之前保存的内容完好。请腾出空间后重试。</translation>
    </message>
    <message>
        <source>“%1”, line %2, cannot be used as it is.</source>
        <translation>“%1”的第 %2 行不能直接使用。</translation>
    </message>
    <message>
        <source>Line %2 cannot be used as it is.</source>
        <translation>第 %2 行不能直接使用。</translation>
    </message>
    <message>
        <source>“%1” cannot be used as it is.</source>
        <translation>“%1”不能直接使用。</translation>
    </message>
    <message>
        <source>A value cannot be used as it is.</source>
        <translation>有一个值不能直接使用。</translation>
    </message>
    <message>
        <source>Correct the place named in Details, then try again.</source>
        <translation>请修改“详情”中指出的位置，然后重试。</translation>
    </message>
    <message>
        <source>“%1” is of a kind that this version does not handle.</source>
        <translation>“%1”属于此版本不支持的类型。</translation>
    </message>
    <message>
        <source>This version does not handle that.</source>
        <translation>此版本不支持。</translation>
    </message>
    <message>
        <source>Details name what it is and what can be used instead.</source>
        <translation>“详情”中写明了它是什么，以及可以改用什么。</translation>
    </message>
    <message>
        <source>“%1” is damaged.</source>
        <translation>“%1”已损坏。</translation>
    </message>
    <message>
        <source>A file of the project is damaged.</source>
        <translation>项目中有文件已损坏。</translation>
    </message>
    <message>
        <source>Restore it from a copy, or remove it. Other files are not touched.</source>
        <translation>请用副本恢复，或删除它。其他文件不受影响。</translation>
    </message>
    <message>
        <source>There was not enough memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>Lower the context or the batch tokens, or close other programs.</source>
        <translation>请减小上下文或每批 token 数，或关闭其他程序。</translation>
    </message>
    <message>
        <source>The training engine could not be opened.</source>
        <translation>无法打开训练引擎。</translation>
    </message>
    <message>
        <source>Run packaging/setup.sh once: it fetches LibTorch. Everything else works without it.</source>
        <translation>请运行一次 packaging/setup.sh，它会获取 LibTorch。没有它，其余功能仍可使用。</translation>
    </message>
    <message>
        <source>“%1” is in use by another program.</source>
        <translation>“%1”正被另一个程序使用。</translation>
    </message>
    <message>
        <source>It is in use by another program.</source>
        <translation>它正被另一个程序使用。</translation>
    </message>
    <message>
        <source>Close it there, then try again.</source>
        <translation>请在那边关闭后重试。</translation>
    </message>
    <message>
        <source>It was cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>The network did not answer.</source>
        <translation>网络没有响应。</translation>
    </message>
    <message>
        <source>Check the address and the connection, then try again.</source>
        <translation>请检查地址和连接后重试。</translation>
    </message>
    <message>
        <source>The loss is not a number.</source>
        <translation>损失不是数字。</translation>
    </message>
    <message>
        <source>Continue from the last checkpoint with half the learning rate.</source>
        <translation>请从最近的检查点以一半的学习率继续。</translation>
    </message>
    <message>
        <source>The device stopped answering.</source>
        <translation>设备停止响应。</translation>
    </message>
    <message>
        <source>The last checkpoint is whole. Continue from it.</source>
        <translation>最近的检查点完好，可从那里继续。</translation>
    </message>
    <message>
        <source>“%1” could not be read or written.</source>
        <translation>无法读写“%1”。</translation>
    </message>
    <message>
        <source>A file could not be read or written.</source>
        <translation>有文件无法读写。</translation>
    </message>
    <message>
        <source>Check the disk, then try again.</source>
        <translation>请检查磁盘后重试。</translation>
    </message>
    <message>
        <source>Something went wrong inside Fettle.</source>
        <translation>Fettle 内部出错。</translation>
    </message>
    <message>
        <source>Nothing was lost that had been saved. Details help to report it.</source>
        <translation>已保存的内容没有丢失。“详情”有助于报告问题。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ExportPage</name>
    <message>
        <source>one JSON object a line</source>
        <translation>每行一个 JSON 对象</translation>
    </message>
    <message>
        <source>one JSON array</source>
        <translation>一个 JSON 数组</translation>
    </message>
    <message>
        <source>a folder of files</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>The file is written whole or not at all. Rejected rows stay out unless you filter for them.</source>
        <translation>文件要么完整写入，要么不写。除非专门筛选，剔除的行不会导出。</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在写入</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>What it writes</source>
        <translation>会写入什么</translation>
    </message>
    <message>
        <source>%1, active rows</source>
        <translation>%1，有效的行</translation>
    </message>
    <message>
        <source>All active rows</source>
        <translation>所有有效的行</translation>
    </message>
    <message numerus="yes">
        <source>The %1 row(s) that show</source>
        <translation>
            <numerusform>当前显示的 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %1 chosen row(s)</source>
        <translation>
            <numerusform>选中的 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>as usual: %1</source>
        <translation>默认：%1</translation>
    </message>
    <message>
        <source>The rows are being looked at.</source>
        <translation>正在查看这些行。</translation>
    </message>
    <message>
        <source>Looking at the rows…</source>
        <translation>正在查看这些行…</translation>
    </message>
    <message>
        <source>These rows cannot be written so.</source>
        <translation>这些行不能这样写入。</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 row(s)</source>
        <translation>
            <numerusform>%2 行中的 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in another shape, nothing lost</source>
        <translation>%1 行换了形式，没有丢失</translation>
    </message>
    <message>
        <source>%1 poorer</source>
        <translation>%1 行有丢失</translation>
    </message>
    <message>
        <source>%1 left out</source>
        <translation>%1 行不写入</translation>
    </message>
    <message>
        <source>reading the file again gives the same rows</source>
        <translation>再次读取该文件会得到相同的行</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are left out: %2</source>
        <translation>
            <numerusform>不写入 %1 行：%2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) lose %2</source>
        <translation>
            <numerusform>%1 行丢失 %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Export %1 row(s)</source>
        <translation>
            <numerusform>导出 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>No row can be written in this format.</source>
        <translation>没有行可以用这种格式写入。</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>The file is being written.</source>
        <translation>正在写入文件。</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>已把 %1 行写入 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Export into an empty folder</source>
        <translation>导出到空文件夹</translation>
    </message>
    <message>
        <source>Export rows</source>
        <translation>导出行</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FaultWords</name>
    <message>
        <source>Line %1, %2</source>
        <translation>第 %1 行，%2</translation>
    </message>
    <message>
        <source>Line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>“%1” is no key of a recipe.</source>
        <translation>“%1”不是配方的键。</translation>
    </message>
    <message>
        <source>Take the line out, or put a # before it.</source>
        <translation>删掉这一行，或在前面加 #。</translation>
    </message>
    <message>
        <source>Did you mean %1?</source>
        <translation>是不是 %1？</translation>
    </message>
    <message>
        <source>“%1” stands twice.</source>
        <translation>“%1”出现了两次。</translation>
    </message>
    <message>
        <source>Keep one of the two.</source>
        <translation>保留其中一个。</translation>
    </message>
    <message>
        <source>“%1” is a section.</source>
        <translation>“%1”是一个小节。</translation>
    </message>
    <message>
        <source>Write its keys indented on the lines below it.</source>
        <translation>把它的键缩进写在下面的行里。</translation>
    </message>
    <message>
        <source>The text breaks the rules of YAML here.</source>
        <translation>这里不符合 YAML 的规则。</translation>
    </message>
    <message>
        <source>Check indentation, colons, brackets and quotes of this line and the one above.</source>
        <translation>检查这一行和上一行的缩进、冒号、括号和引号。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FieldExplainer</name>
    <message>
        <source>What a setting does</source>
        <translation>设置的作用</translation>
    </message>
    <message>
        <source>Go to a setting: here stands what happens when it is too high or too low.</source>
        <translation>移到某项设置：这里会说明太高或太低时会怎样。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FieldWords</name>
    <message>
        <source>%1 or %2</source>
        <translation>%1 或 %2</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>On: %1</source>
        <translation>开：%1</translation>
    </message>
    <message>
        <source>Too many: %1</source>
        <translation>太多：%1</translation>
    </message>
    <message>
        <source>Too high: %1</source>
        <translation>太高：%1</translation>
    </message>
    <message>
        <source>Chosen wrongly: %1</source>
        <translation>选错时：%1</translation>
    </message>
    <message>
        <source>Off: %1</source>
        <translation>关：%1</translation>
    </message>
    <message>
        <source>Too few: %1</source>
        <translation>太少：%1</translation>
    </message>
    <message>
        <source>Too low: %1</source>
        <translation>太低：%1</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 到 %2</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>text, such as %1</source>
        <translation>文本，例如 %1</translation>
    </message>
    <message>
        <source>a whole number from %1</source>
        <translation>%1 的整数</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a number from %1</source>
        <translation>%1 的数</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数</translation>
    </message>
    <message>
        <source>on or off</source>
        <translation>开或关</translation>
    </message>
    <message>
        <source>one entry a line, or a share between 0 and 1</source>
        <translation>每行一项，或 0 到 1 之间的比例</translation>
    </message>
    <message>
        <source>one entry a line</source>
        <translation>每行一项</translation>
    </message>
    <message>
        <source>lines like name: number, with whole numbers from %1</source>
        <translation>形如 name: number 的行，取 %1 的整数</translation>
    </message>
    <message>
        <source>lines like name: number, with numbers from %1</source>
        <translation>形如 name: number 的行，取 %1 的数</translation>
    </message>
    <message>
        <source>%1, or nothing</source>
        <translation>%1，或留空</translation>
    </message>
    <message>
        <source>%1, or %2</source>
        <translation>%1，或 %2</translation>
    </message>
    <message>
        <source>%1 takes %2.</source>
        <translation>%1可取 %2。</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FilesPage</name>
    <message>
        <source>Imported files</source>
        <translation>已导入的文件</translation>
    </message>
    <message>
        <source>Rows that could not be read are kept as they stand in the file: save them, repair them, import them again.</source>
        <translation>无法读取的行按文件中的原样保留：保存、修复、再次导入。</translation>
    </message>
    <message>
        <source>Rows that could not be read</source>
        <translation>未能读取的行</translation>
    </message>
    <message>
        <source>Import again</source>
        <translation>再次导入</translation>
    </message>
    <message>
        <source>Save these rows</source>
        <translation>保存这些行</translation>
    </message>
    <message>
        <source>Show its rows</source>
        <translation>显示它的行</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>导入时间</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>未读取</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘上</translation>
    </message>
    <message>
        <source>changed since then</source>
        <translation>之后有改动</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行号</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Reading the list of files</source>
        <translation>读取文件列表</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>相同</translation>
    </message>
    <message>
        <source>no longer there</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>No file was imported yet.</source>
        <translation>还没有导入过文件。</translation>
    </message>
    <message>
        <source>The file is no longer there.</source>
        <translation>文件已不存在。</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) could not be read</source>
        <translation>
            <numerusform>有 %1 行未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading rejected rows</source>
        <translation>读取被拒的行</translation>
    </message>
    <message>
        <source>Save rows that could not be read</source>
        <translation>保存未能读取的行</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>%1 rejected.%2</source>
        <comment>file name</comment>
        <translation>%1 未读取.%2</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>已把 %1 行写入 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Saving rows</source>
        <translation>保存行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FilterForm</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Unknown ones</source>
        <translation>未知的</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Show all rows</source>
        <translation>显示所有行</translation>
    </message>
    <message>
        <source>Close the filter</source>
        <translation>关闭筛选</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Kept filters</source>
        <translation>保存的筛选</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>from</source>
        <translation>从</translation>
    </message>
    <message>
        <source>up to</source>
        <translation>到</translation>
    </message>
    <message>
        <source>Field of the row</source>
        <translation>行的字段</translation>
    </message>
    <message>
        <source>Path of the field</source>
        <translation>字段路径</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Keep this filter as</source>
        <translation>把这个筛选保存为</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>without</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Nothing is filtered.</source>
        <translation>没有筛选条件。</translation>
    </message>
    <message>
        <source>Give it a name first.</source>
        <translation>请先起个名字。</translation>
    </message>
    <message>
        <source>Forget %1</source>
        <translation>删除 %1</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>This is not a number.</source>
        <translation>这不是数字。</translation>
    </message>
    <message>
        <source>Give at least one end.</source>
        <translation>至少给出一端。</translation>
    </message>
    <message>
        <source>The first number is larger than the second.</source>
        <translation>第一个数比第二个大。</translation>
    </message>
    <message>
        <source>Name the field first.</source>
        <translation>请先写字段名。</translation>
    </message>
    <message>
        <source>Give a value to compare with.</source>
        <translation>请给出要比较的值。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FixPage</name>
    <message>
        <source>Apply</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>Nothing is changed before you press the button, and one Ctrl+Z takes it back.</source>
        <translation>按下按钮之前不会有任何改动，一次 Ctrl+Z 即可撤销。</translation>
    </message>
    <message>
        <source>Looking at the rows…</source>
        <translation>正在查看这些行…</translation>
    </message>
    <message>
        <source>The rows are being looked at.</source>
        <translation>正在查看这些行。</translation>
    </message>
    <message numerus="yes">
        <source>%1 place(s) in %2 rows get a placeholder such as [EMAIL].</source>
        <translation>
            <numerusform>%2 行中的 %1 处会换成 [EMAIL] 之类的占位符。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Redact %1 row(s)</source>
        <translation>
            <numerusform>遮盖 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are read once more with the right encoding.</source>
        <translation>
            <numerusform>%1 行会用正确的编码重新读取。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Repair %1 row(s)</source>
        <translation>
            <numerusform>修复 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first row of each cluster stays, %1 row(s) are rejected. They stay in the table and never train.</source>
        <translation>
            <numerusform>每组保留第一行，剔除 %1 行。它们留在表格里，但不参与训练。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject %1 row(s)</source>
        <translation>
            <numerusform>剔除 %1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are rejected. They stay in the table and never train.</source>
        <translation>
            <numerusform>剔除 %1 行。它们留在表格里，但不参与训练。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %2 more row(s) are left for a second time.</source>
        <translation>
            <numerusform>%1 另有 %2 行留到下一次。</numerusform>
        </translation>
    </message>
    <message>
        <source>There is nothing to change: no row needs it any more.</source>
        <translation>没有要改的：已经没有行需要它。</translation>
    </message>
    <message>
        <source>There is nothing to change.</source>
        <translation>没有要改的。</translation>
    </message>
    <message numerus="yes">
        <source>and %1 more row(s)</source>
        <translation>
            <numerusform>还有 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>It is being done.</source>
        <translation>正在执行。</translation>
    </message>
    <message>
        <source>Go back and try again.</source>
        <translation>返回后重试。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FoldHeader</name>
    <message>
        <source>open</source>
        <translation>已展开</translation>
    </message>
    <message>
        <source>folded</source>
        <translation>已折叠</translation>
    </message>
</context>
<context>
    <name>fettle::ui::FormView</name>
    <message>
        <source>Model and data</source>
        <translation>模型与数据</translation>
    </message>
    <message>
        <source>Answers only</source>
        <translation>只训练回答</translation>
    </message>
    <message>
        <source>The last answer only</source>
        <translation>只训练最后一个回答</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部内容</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Train on</source>
        <translation>训练内容</translation>
    </message>
    <message>
        <source>Five settings</source>
        <translation>五项设置</translation>
    </message>
    <message>
        <source>Reset to suggested</source>
        <translation>恢复建议值</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Batch tokens</source>
        <translation>每步 token 数</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json)</source>
        <translation>模型 (*.gguf config.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Another model…</source>
        <translation>其他模型…</translation>
    </message>
    <message>
        <source>The form shows the last good recipe and waits until the YAML text is one again.</source>
        <translation>表单显示最后一份正确的配方，等 YAML 文本恢复正确后再继续。</translation>
    </message>
    <message>
        <source>Show the line</source>
        <translation>显示该行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Format</name>
    <message>
        <source>%1 B</source>
        <comment>billions</comment>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 M</source>
        <comment>millions</comment>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 token/秒</translation>
    </message>
    <message>
        <source>today %1</source>
        <translation>今天 %1</translation>
    </message>
    <message>
        <source>yesterday %1</source>
        <translation>昨天 %1</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>date in this year</comment>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <comment>date in another year</comment>
        <translation>yyyy年M月d日</translation>
    </message>
</context>
<context>
    <name>fettle::ui::GoToPanel</name>
    <message>
        <source>Go to</source>
        <translation>前往</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Screen, project, run, help page or command</source>
        <translation>页面、项目、运行、帮助或命令</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>匹配项</translation>
    </message>
</context>
<context>
    <name>fettle::ui::HelpPage</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>What Fettle does today</source>
        <translation>Fettle 现在能做什么</translation>
    </message>
    <message>
        <source>What one row should look like</source>
        <translation>一行数据应该是什么样</translation>
    </message>
    <message>
        <source>How to read a loss curve</source>
        <translation>如何看损失曲线</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Short pages, no network needed.</source>
        <translation>都是短文，不需要网络。</translation>
    </message>
    <message>
        <source>Help pages</source>
        <translation>帮助目录</translation>
    </message>
    <message>
        <source>Help page</source>
        <translation>帮助内容</translation>
    </message>
    <message>
        <source>Every setting</source>
        <translation>每一项设置</translation>
    </message>
    <message>
        <source>All settings of a recipe, in the order of the Advanced form. The name in the recipe file stands beside the title.</source>
        <translation>配方的全部设置，顺序与高级表单相同。标题旁是它在配方文件中的名称。</translation>
    </message>
    <message>
        <source>Possible: %1.</source>
        <translation>可取：%1。</translation>
    </message>
    <message>
        <source>At first: %1.</source>
        <translation>初始值：%1。</translation>
    </message>
    <message>
        <source>What fine-tuning is, and when it is worth it</source>
        <translation>什么是微调，什么时候值得做</translation>
    </message>
    <message>
        <source>When a run does not go well</source>
        <translation>运行不顺利时</translation>
    </message>
    <message>
        <source>Labeling rows</source>
        <translation>标注数据行</translation>
    </message>
    <message>
        <source>See, judge and repair your rows</source>
        <translation>查看、判断和修复数据行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::HomePage</name>
    <message>
        <source>Home</source>
        <translation>主页</translation>
    </message>
    <message>
        <source>Open sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>试用示例</translation>
    </message>
    <message>
        <source>A small project with its data. Press Train and watch the loss.</source>
        <translation>一个带数据的小项目。按下“训练”，看损失下降。</translation>
    </message>
    <message>
        <source>works offline</source>
        <translation>无需联网</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>An empty project with a first recipe. Add data when you have it.</source>
        <translation>空项目，带第一份配方。数据可以以后再加。</translation>
    </message>
    <message>
        <source>Choose file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Drop a file here</source>
        <translation>把文件拖到这里</translation>
    </message>
    <message>
        <source>JSONL, JSON or CSV: one example a row. It becomes a project with a recipe.</source>
        <translation>JSONL、JSON 或 CSV：每行一个例子。它会成为带配方的项目。</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近的项目</translation>
    </message>
    <message>
        <source>New project from a file</source>
        <translation>由文件新建项目</translation>
    </message>
    <message>
        <source>Rows (*.jsonl *.json *.csv *.tsv *.txt)</source>
        <translation>数据文件 (*.jsonl *.json *.csv *.tsv *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Loss of the latest run</source>
        <translation>最近一次运行的损失</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Name of the project</source>
        <translation>项目名称</translation>
    </message>
    <message>
        <source>Read first</source>
        <translation>先读一读</translation>
    </message>
    <message>
        <source>From data to a tuned model, on this machine.</source>
        <translation>从数据到微调好的模型，都在本机完成。</translation>
    </message>
    <message>
        <source>Everything stays on this machine.</source>
        <translation>一切都留在本机。</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Let go to make a project of it.</source>
        <translation>松开即可由它建立项目。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::HomePresenter</name>
    <message>
        <source>Training rows</source>
        <translation>训练行</translation>
    </message>
    <message>
        <source>Validation rows</source>
        <translation>验证行</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Lowest validation loss</source>
        <translation>最低验证损失</translation>
    </message>
    <message>
        <source>%1 · loss %2</source>
        <translation>%1 · 损失 %2</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>约剩 %1</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>打开时间</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message numerus="yes">
        <source>%Ln core(s)</source>
        <translation>
            <numerusform>%Ln 核</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>none found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Measured speed</source>
        <translation>实测速度</translation>
    </message>
    <message>
        <source>Drop one file at a time.</source>
        <translation>请一次拖入一个文件。</translation>
    </message>
    <message>
        <source>This folder is not a Fettle project. Drop a file of rows, or a project folder.</source>
        <translation>该文件夹不是 Fettle 项目。请拖入数据文件或项目文件夹。</translation>
    </message>
    <message>
        <source>This file cannot be read.</source>
        <translation>无法读取该文件。</translation>
    </message>
    <message>
        <source>Give the project a name.</source>
        <translation>请为项目取个名字。</translation>
    </message>
    <message>
        <source>A name has at most 80 characters.</source>
        <translation>名称最多 80 个字符。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ImportPage</name>
    <message>
        <source>system</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>chosen answer</source>
        <translation>选中的回答</translation>
    </message>
    <message>
        <source>rejected answer</source>
        <translation>落选的回答</translation>
    </message>
    <message>
        <source>label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>kept as metadata</source>
        <translation>作为元数据保留</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>不导入</translation>
    </message>
    <message>
        <source>as the format says</source>
        <translation>按格式规定</translation>
    </message>
    <message>
        <source>Back to the rows</source>
        <translation>返回数据行</translation>
    </message>
    <message>
        <source>Other file</source>
        <translation>另选文件</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Row before</source>
        <translation>上一行</translation>
    </message>
    <message>
        <source>Next row</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>Rows that cannot be read</source>
        <translation>无法读取的行</translation>
    </message>
    <message>
        <source>Save list</source>
        <translation>保存列表</translation>
    </message>
    <message>
        <source>Importing</source>
        <translation>正在导入</translation>
    </message>
    <message>
        <source>What becomes what</source>
        <translation>各列的去向</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>New rows go to</source>
        <translation>新行归入</translation>
    </message>
    <message>
        <source>leave the project, their history stays</source>
        <translation>离开项目，历史保留</translation>
    </message>
    <message>
        <source>stay as they are</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>Rows no longer in the file</source>
        <translation>文件中已没有的行</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行号</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1失败：%2</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>已把 %1 行写入 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Import %1</source>
        <translation>导入 %1</translation>
    </message>
    <message>
        <source>Looking at the file…</source>
        <translation>正在查看文件…</translation>
    </message>
    <message>
        <source>The file was not imported. %1</source>
        <translation>文件没有导入。%1</translation>
    </message>
    <message>
        <source>Nothing was changed. %1</source>
        <translation>没有任何改动。%1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No row of this file can be used. %1</source>
        <translation>这个文件没有可用的行。%1</translation>
    </message>
    <message>
        <source>Column %1 becomes</source>
        <translation>列 %1 成为</translation>
    </message>
    <message>
        <source>First rows</source>
        <translation>前几行</translation>
    </message>
    <message>
        <source>Row %1 of the first %2 · line %3</source>
        <translation>前 %2 行中的第 %1 行 · 文件第 %3 行</translation>
    </message>
    <message>
        <source>Import rows</source>
        <translation>导入行</translation>
    </message>
    <message>
        <source>Rows (*.jsonl *.json *.csv *.tsv *.txt *.parquet)</source>
        <translation>数据行 (*.jsonl *.json *.csv *.tsv *.txt *.parquet)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Save the list of rows that cannot be read</source>
        <translation>保存无法读取的行的列表</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>%1 faults.csv</source>
        <translation>%1 问题.csv</translation>
    </message>
    <message>
        <source>Detect</source>
        <translation>自动识别</translation>
    </message>
    <message>
        <source>Conversations (messages)</source>
        <translation>对话（messages）</translation>
    </message>
    <message>
        <source>Prompt and completion</source>
        <translation>提示和补全</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>偏好</translation>
    </message>
    <message>
        <source>Feedback</source>
        <translation>反馈</translation>
    </message>
    <message>
        <source>Plain texts</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Prompts alone</source>
        <translation>只有提示</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>Token 编号</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ImportPresenter</name>
    <message>
        <source>Import %1</source>
        <translation>导入 %1</translation>
    </message>
    <message>
        <source>Saving the list</source>
        <translation>保存列表</translation>
    </message>
    <message>
        <source>format not known</source>
        <translation>格式未知</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the first %1 row(s) were looked at</source>
        <translation>
            <numerusform>只看了前 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between facts of a file</comment>
        <translation>、</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) cannot be read</source>
        <translation>
            <numerusform>有 %1 行无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 among the first rows</source>
        <translation>在前几行中%1</translation>
    </message>
    <message numerus="yes">
        <source>Import %1 row(s)</source>
        <translation>
            <numerusform>导入 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Import the file</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>%1 new</source>
        <translation>%1 新增</translation>
    </message>
    <message>
        <source>%1 changed</source>
        <translation>%1 改动</translation>
    </message>
    <message>
        <source>%1 same</source>
        <translation>%1 相同</translation>
    </message>
    <message>
        <source>%1 no longer in the file</source>
        <translation>%1 已不在文件中</translation>
    </message>
    <message numerus="yes">
        <source>%1 good row(s): %2</source>
        <translation>
            <numerusform>%1 行可用：%2</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing to import</source>
        <translation>没有要导入的</translation>
    </message>
    <message>
        <source>Comparing with the rows that are here…</source>
        <translation>正在与现有的行比较…</translation>
    </message>
    <message>
        <source>Saving %1 rows</source>
        <translation>正在保存 %1 行</translation>
    </message>
    <message>
        <source>Comparing %1 rows</source>
        <translation>正在比较 %1 行</translation>
    </message>
    <message>
        <source>%1 rows read</source>
        <translation>已读取 %1 行</translation>
    </message>
    <message>
        <source>%1 · %2 cannot be read</source>
        <translation>%1 · %2 行无法读取</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>约剩 %1</translation>
    </message>
</context>
<context>
    <name>fettle::ui::InlineError</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>fettle::ui::InsideView</name>
    <message>
        <source>Look inside</source>
        <translation>深入查看</translation>
    </message>
    <message>
        <source>Answers over time</source>
        <translation>回答的变化</translation>
    </message>
    <message>
        <source>Losses of rows</source>
        <translation>各行的损失</translation>
    </message>
    <message>
        <source>Gradient by layer</source>
        <translation>各层梯度</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>Gradient norm of each layer</source>
        <translation>每一层的梯度范数</translation>
    </message>
    <message>
        <source>Reading the run…</source>
        <translation>正在读取运行…</translation>
    </message>
    <message>
        <source>This run did not write gradient norms by layer. Switch them on in the recipe of the next one: Evaluation, Gradient norms by layer.</source>
        <translation>这个运行没有记录各层梯度范数。可在下一个运行的配方中打开：评估，各层梯度范数。</translation>
    </message>
    <message>
        <source>This run has not written gradient norms by layer. They cost little and change nothing in the training.</source>
        <translation>此运行还没有记录各层的梯度范数。记录它们代价很小，也不会改变训练。</translation>
    </message>
    <message>
        <source>Stop writing them</source>
        <translation>停止记录</translation>
    </message>
    <message>
        <source>Write them from the next step on</source>
        <translation>从下一步起记录</translation>
    </message>
</context>
<context>
    <name>fettle::ui::InspectorView</name>
    <message>
        <source>Held-out row %1.</source>
        <translation>留出的第 %1 行。</translation>
    </message>
    <message>
        <source>Row %1.</source>
        <translation>第 %1 行。</translation>
    </message>
    <message>
        <source>Row before</source>
        <translation>上一行</translation>
    </message>
    <message>
        <source>Next row</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>What to do with this row</source>
        <translation>对这一行的操作</translation>
    </message>
    <message>
        <source>Close the side panel (F4)</source>
        <translation>关闭侧栏（F4）</translation>
    </message>
    <message>
        <source>Parts of the row</source>
        <translation>行的各部分</translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation>侧栏</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Token x-ray</source>
        <translation>Token 透视</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>剔除</translation>
    </message>
    <message>
        <source>Bring back row %1</source>
        <translation>恢复第 %1 行</translation>
    </message>
    <message>
        <source>Reject row %1</source>
        <translation>剔除第 %1 行</translation>
    </message>
    <message>
        <source>Move to split</source>
        <translation>移到划分</translation>
    </message>
    <message>
        <source>Move row %1 to %2</source>
        <translation>把第 %1 行移到%2</translation>
    </message>
    <message>
        <source>Edit the answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>The row was not changed. %1</source>
        <translation>这一行没有改动。%1</translation>
    </message>
    <message>
        <source>The row as JSON</source>
        <translation>这一行的 JSON</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>恢复原样</translation>
    </message>
    <message>
        <source>Ctrl+Return saves</source>
        <translation>Ctrl+Return 保存</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>没有改动。</translation>
    </message>
    <message>
        <source>No row chosen</source>
        <translation>没有选中行</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more finding(s)</source>
        <translation>
            <numerusform>还有 %Ln 个问题</numerusform>
        </translation>
    </message>
    <message>
        <source>(%1)</source>
        <comment>detail</comment>
        <translation>（%1）</translation>
    </message>
    <message>
        <source>Drop from train</source>
        <translation>从训练集移除</translation>
    </message>
    <message>
        <source>Show both</source>
        <translation>并排显示</translation>
    </message>
    <message>
        <source>Undone: %1</source>
        <translation>已撤销：%1</translation>
    </message>
    <message>
        <source>Done again: %1</source>
        <translation>已重做：%1</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <comment>before, after</comment>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>Nothing was changed in this row since it was imported.</source>
        <translation>这一行导入之后没有改动。</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln earlier change(s)</source>
        <translation>
            <numerusform>还有 %Ln 次更早的改动</numerusform>
        </translation>
    </message>
    <message>
        <source>From %1, line %2</source>
        <translation>来自 %1，第 %2 行</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Special</source>
        <translation>特殊</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>截断</translation>
    </message>
    <message>
        <source>Token id</source>
        <translation>Token 编号</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>属于</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Why is this trained?</source>
        <translation>为什么训练这些？</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Change what is trained</source>
        <translation>更改训练的内容</translation>
    </message>
    <message>
        <source>Model to look through</source>
        <translation>用来查看的模型</translation>
    </message>
    <message>
        <source>Chat template to look through</source>
        <translation>用来查看的对话模板</translation>
    </message>
    <message>
        <source>Reading the row as the model does…</source>
        <translation>正在按模型的方式读取这一行…</translation>
    </message>
    <message>
        <source>Model’s template</source>
        <translation>模型的模板</translation>
    </message>
    <message>
        <source>No template</source>
        <translation>不用模板</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>截断</translation>
    </message>
    <message>
        <source>the template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>message %1, special token</source>
        <translation>第 %1 条消息，特殊 token</translation>
    </message>
    <message>
        <source>message %1</source>
        <translation>第 %1 条消息</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelCard</name>
    <message>
        <source>next</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>previous</source>
        <translation>上一行</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>similar</source>
        <translation>相似行</translation>
    </message>
    <message>
        <source>search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>all keys</source>
        <translation>全部按键</translation>
    </message>
    <message>
        <source>Row to label</source>
        <translation>要标注的行</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Ctrl+Return saves, Esc leaves it as it was</source>
        <translation>Ctrl+Return 保存，Esc 保持原样</translation>
    </message>
    <message>
        <source>Text of the row</source>
        <translation>该行的文本</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>剔除</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Tie</source>
        <translation>不分高下</translation>
    </message>
    <message>
        <source>Enter takes it, Esc leaves</source>
        <translation>Enter 确定，Esc 取消</translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>Loss %1</source>
        <translation>损失 %1</translation>
    </message>
    <message>
        <source>Test split (frozen)</source>
        <translation>测试集（已冻结）</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已剔除</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>Rated %1 of 5</source>
        <translation>评分 %1/5</translation>
    </message>
    <message>
        <source>%1: row %2</source>
        <translation>%1：第 %2 行</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Answer A</source>
        <translation>回答 A</translation>
    </message>
    <message>
        <source>Answer B</source>
        <translation>回答 B</translation>
    </message>
    <message>
        <source>your choice</source>
        <translation>您的选择</translation>
    </message>
    <message>
        <source>tie</source>
        <translation>不分高下</translation>
    </message>
    <message>
        <source>Answer in the file</source>
        <translation>文件中的回答</translation>
    </message>
    <message>
        <source>Hidden until you have chosen</source>
        <translation>选择之后才显示</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>（空）</translation>
    </message>
    <message>
        <source>Comment: %1</source>
        <translation>备注：%1</translation>
    </message>
    <message>
        <source>Nearest labelled rows</source>
        <translation>最相近的已标注行</translation>
    </message>
    <message>
        <source>similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>Saving takes longer than usual…</source>
        <translation>保存用时比平常长…</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tag (again takes it away)</source>
        <translation>标记（再输一次则去掉）</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Go to row</source>
        <translation>转到行</translation>
    </message>
    <message>
        <source>A is better</source>
        <translation>A 更好</translation>
    </message>
    <message>
        <source>B is better</source>
        <translation>B 更好</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelChoice</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelPage</name>
    <message>
        <source>Session and agreement</source>
        <translation>本次标注与一致性</translation>
    </message>
    <message>
        <source>Label rows</source>
        <translation>标注数据行</translation>
    </message>
    <message>
        <source>Label: %1</source>
        <translation>标注：%1</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>All edits saved</source>
        <translation>所有修改已保存</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>about %1 left at your pace</source>
        <translation>按您的速度大约还需 %1</translation>
    </message>
    <message>
        <source>Filtered</source>
        <translation>已筛选</translation>
    </message>
    <message>
        <source>Search: %1</source>
        <translation>搜索：%1</translation>
    </message>
    <message>
        <source>%1: show all rows</source>
        <translation>%1：显示所有行</translation>
    </message>
    <message>
        <source>Like %1</source>
        <translation>与%1相似</translation>
    </message>
    <message>
        <source>%1: back to the queue</source>
        <translation>%1：返回队列</translation>
    </message>
    <message>
        <source>End second pass</source>
        <translation>结束第二遍</translation>
    </message>
    <message>
        <source>Second annotator</source>
        <translation>第二位标注者</translation>
    </message>
    <message>
        <source>Second pass of %1: the first labels are hidden until both are in.</source>
        <translation>%1 的第二遍标注：双方都完成之前不显示第一遍的标签。</translation>
    </message>
    <message>
        <source>These rows can be read, not changed</source>
        <translation>这些行可以读取，但不能改动</translation>
    </message>
    <message>
        <source>The rows could not be read. %1</source>
        <translation>无法读取数据行。%1</translation>
    </message>
    <message>
        <source>The decision was not saved, the row is as it was. %1</source>
        <translation>这次判断没有保存，该行保持原样。%1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>your choice</source>
        <translation>您的选择</translation>
    </message>
    <message>
        <source>in force</source>
        <translation>生效</translation>
    </message>
    <message>
        <source>in the file</source>
        <translation>文件中</translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>You, without a name</source>
        <translation>您（未命名）</translation>
    </message>
    <message>
        <source>The second annotator needs a name.</source>
        <translation>第二位标注者需要一个名字。</translation>
    </message>
    <message>
        <source>These must be two people.</source>
        <translation>必须是两个人。</translation>
    </message>
    <message>
        <source>A name cannot contain +.</source>
        <translation>名字中不能包含 +。</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Back to table</source>
        <translation>返回表格</translation>
    </message>
    <message>
        <source>Decided rows</source>
        <translation>已判断的行</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的名字</translation>
    </message>
    <message>
        <source>Decisions are kept under this name; it may stay empty.</source>
        <translation>判断以这个名字保存；可以留空。</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Press a number</source>
        <translation>按数字键</translation>
    </message>
    <message>
        <source>other label, type its name</source>
        <translation>其他标签，输入名称</translation>
    </message>
    <message>
        <source>No labels yet</source>
        <translation>还没有标签</translation>
    </message>
    <message>
        <source>Define them once, then one key a row is enough. Accepting, rejecting and editing work without labels.</source>
        <translation>定义一次之后，每行只需一个按键。没有标签也可以接受、剔除和修改。</translation>
    </message>
    <message>
        <source>Define labels</source>
        <translation>定义标签</translation>
    </message>
    <message>
        <source>No row to label here</source>
        <translation>这里没有要标注的行</translation>
    </message>
    <message>
        <source>The filter matches no row, or no row was labelled yet by the first annotator.</source>
        <translation>筛选没有匹配的行，或者第一位标注者还没有标注任何行。</translation>
    </message>
    <message>
        <source>Show all rows</source>
        <translation>显示所有行</translation>
    </message>
    <message>
        <source>Every row here is decided</source>
        <translation>这里的每一行都已判断</translation>
    </message>
    <message>
        <source>K goes back to look at rows again, U takes the last decision back.</source>
        <translation>按 K 回看前面的行，按 U 撤回上一次判断。</translation>
    </message>
    <message>
        <source>Looking for rows…</source>
        <translation>正在查找数据行…</translation>
    </message>
    <message>
        <source>Another person labels the same rows without seeing the first labels. How far both agree tells how clear the labels and the guideline are.</source>
        <translation>另一个人在看不到第一遍标签的情况下标注相同的行。双方的一致程度说明标签和准则是否清楚。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Start the second pass</source>
        <translation>开始第二遍</translation>
    </message>
    <message>
        <source>First annotator</source>
        <translation>第一位标注者</translation>
    </message>
    <message>
        <source>Whose rows are labelled again</source>
        <translation>谁标注过的行要再标一遍</translation>
    </message>
    <message>
        <source>Who labels them now</source>
        <translation>现在由谁标注</translation>
    </message>
    <message>
        <source>The queue then holds the rows that the first annotator has decided. Labels of the second are kept beside the first ones; none in force changes until a disagreement is settled.</source>
        <translation>队列中是第一位标注者已判断的行。第二位的标签与第一位的并存；在裁定分歧之前，生效的标签不会改变。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelPresenter</name>
    <message numerus="yes">
        <source>%Ln key(s) pressed meanwhile were not used.</source>
        <translation>
            <numerusform>其间按下的 %Ln 个键没有生效。</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no label with this number.</source>
        <translation>没有这个编号的标签。</translation>
    </message>
    <message>
        <source>The answer is hidden in the second pass: press the number of a label.</source>
        <translation>第二遍标注中回答是隐藏的：请按标签的编号。</translation>
    </message>
    <message>
        <source>This row has no two answers to compare.</source>
        <translation>该行没有两个可比较的回答。</translation>
    </message>
    <message>
        <source>The second pass only decides: answers, ratings, tags and comments stay as the first left them.</source>
        <translation>第二遍只做判断：回答、评分、标记和备注保持第一遍的样子。</translation>
    </message>
    <message>
        <source>This row has no answer to edit.</source>
        <translation>该行没有可修改的回答。</translation>
    </message>
    <message>
        <source>Label row %1: %2</source>
        <translation>标注第 %1 行：%2</translation>
    </message>
    <message>
        <source>Accept row %1</source>
        <translation>接受第 %1 行</translation>
    </message>
    <message>
        <source>Reject row %1</source>
        <translation>剔除第 %1 行</translation>
    </message>
    <message>
        <source>tie</source>
        <translation>不分高下</translation>
    </message>
    <message>
        <source>left better</source>
        <translation>左边更好</translation>
    </message>
    <message>
        <source>right better</source>
        <translation>右边更好</translation>
    </message>
    <message>
        <source>Prefer an answer of row %1</source>
        <translation>选择第 %1 行的更好回答</translation>
    </message>
    <message>
        <source>Rate row %1</source>
        <translation>给第 %1 行评分</translation>
    </message>
    <message>
        <source>Tag row %1: %2</source>
        <translation>标记第 %1 行：%2</translation>
    </message>
    <message>
        <source>Take the tag %2 from row %1</source>
        <translation>从第 %1 行去掉标记 %2</translation>
    </message>
    <message>
        <source>Comment on row %1</source>
        <translation>给第 %1 行写备注</translation>
    </message>
    <message>
        <source>Edit answer of row %1</source>
        <translation>编辑第 %1 行的回答</translation>
    </message>
    <message>
        <source>Nothing to redo.</source>
        <translation>没有可重做的操作。</translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>The step before is an import: undo it on the Data page.</source>
        <translation>上一步是导入：请在“数据”页撤销。</translation>
    </message>
    <message>
        <source>Done again: %1</source>
        <translation>已重做：%1</translation>
    </message>
    <message>
        <source>Undone: %1</source>
        <translation>已撤销：%1</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已剔除</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已修改</translation>
    </message>
    <message>
        <source>labelled</source>
        <translation>已标注</translation>
    </message>
    <message>
        <source>Rename the label %1 to %2</source>
        <translation>将标签 %1 改名为 %2</translation>
    </message>
    <message>
        <source>Highest loss first</source>
        <translation>损失最高优先</translation>
    </message>
    <message>
        <source>Most uncertain first</source>
        <translation>最不确定优先</translation>
    </message>
    <message>
        <source>Least covered first</source>
        <translation>覆盖最少优先</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>Row order</source>
        <translation>按行号</translation>
    </message>
    <message>
        <source>No run has measured the loss of single rows yet.</source>
        <translation>还没有训练测量过单行的损失。</translation>
    </message>
    <message>
        <source>No model was asked about these rows yet.</source>
        <translation>还没有模型评估过这些行。</translation>
    </message>
    <message>
        <source>Row %1 is not in this queue.</source>
        <translation>第 %1 行不在这个队列中。</translation>
    </message>
    <message>
        <source>This is the last row of the queue.</source>
        <translation>这是队列的最后一行。</translation>
    </message>
    <message>
        <source>This is the first row of the queue.</source>
        <translation>这是队列的第一行。</translation>
    </message>
    <message>
        <source>No other row is open.</source>
        <translation>没有其他未判断的行。</translation>
    </message>
    <message>
        <source>No row is like this one, or the words of the rows are not indexed yet.</source>
        <translation>没有与它相似的行，或者全文索引尚未完成。</translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelSetView</name>
    <message>
        <source>Labels and guideline</source>
        <translation>标签与准则</translation>
    </message>
    <message>
        <source>The first nine labels get the keys 1 to 9, in this order. Changes of the set itself are not part of undo.</source>
        <translation>前九个标签依次对应 1 到 9 键。对标签集本身的更改不能用撤销恢复。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save labels</source>
        <translation>保存标签</translation>
    </message>
    <message>
        <source>Which section?</source>
        <translation>属于哪个分类？</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Stands above the queue</source>
        <translation>显示在队列上方</translation>
    </message>
    <message>
        <source>A label is the row&apos;s answer too</source>
        <translation>标签同时作为该行的回答</translation>
    </message>
    <message>
        <source>Choosing a label writes it into the row as its answer, in the same step.</source>
        <translation>选择标签时，会在同一步中把它写为该行的回答。</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Take the rows&apos; answers</source>
        <translation>采用各行的回答</translation>
    </message>
    <message>
        <source>Adds the answers that rows have, most frequent first</source>
        <translation>添加各行已有的回答，最常见的在前</translation>
    </message>
    <message>
        <source>Add label</source>
        <translation>添加标签</translation>
    </message>
    <message>
        <source>Guideline</source>
        <translation>准则</translation>
    </message>
    <message>
        <source>When to choose which label, and what to do in doubt. It stands beside the queue. Markdown works.</source>
        <translation>什么时候选哪个标签，拿不准时怎么办。显示在队列旁边，支持 Markdown。</translation>
    </message>
    <message>
        <source>when to choose it</source>
        <translation>什么时候选它</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Name of label %1</source>
        <translation>标签 %1 的名称</translation>
    </message>
    <message>
        <source>When to choose label %1</source>
        <translation>标签 %1 的适用情形</translation>
    </message>
    <message>
        <source>Rows have this label. Rename it, or label them otherwise first.</source>
        <translation>有行使用这个标签。请改名，或先为这些行换标签。</translation>
    </message>
    <message>
        <source>The rows have %1 different answers: too many to be labels.</source>
        <translation>数据行有 %1 种不同的回答，太多，不适合作标签。</translation>
    </message>
    <message>
        <source>A label needs a name. Remove it, or give it one.</source>
        <translation>标签需要名称。请移除它，或给它命名。</translation>
    </message>
    <message>
        <source>Two labels are called %1.</source>
        <translation>有两个标签都叫 %1。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelSide</name>
    <message>
        <source>This session</source>
        <translation>本次标注</translation>
    </message>
    <message>
        <source>Labelled</source>
        <translation>已标注</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已剔除</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致性</translation>
    </message>
    <message>
        <source>Cohen&apos;s kappa</source>
        <translation>Cohen&apos;s kappa</translation>
    </message>
    <message>
        <source>Guideline</source>
        <translation>准则</translation>
    </message>
    <message>
        <source>Last edits</source>
        <translation>最近的修改</translation>
    </message>
    <message>
        <source>%1 rows/min</source>
        <translation>%1 行/分钟</translation>
    </message>
    <message numerus="yes">
        <source>%Ln shared row(s)</source>
        <translation>
            <numerusform>%Ln 行共同标注</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 [%2, %3]</source>
        <translation>%1 [%2, %3]</translation>
    </message>
    <message>
        <source>%1: not enough to tell</source>
        <translation>%1：不足以判断</translation>
    </message>
    <message>
        <source>%1 and %2</source>
        <translation>%1 和 %2</translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln disagreement(s)</source>
        <translation>
            <numerusform>查看 %Ln 处分歧</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln disagreement(s) settled</source>
        <translation>
            <numerusform>%Ln 处分歧均已裁定</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelWords</name>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Empty answer</source>
        <translation>答案为空</translation>
    </message>
    <message>
        <source>Longer than the context</source>
        <translation>超过上下文长度</translation>
    </message>
    <message>
        <source>Nothing trained</source>
        <translation>没有训练内容</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Leak between splits</source>
        <translation>数据集之间泄漏</translation>
    </message>
    <message>
        <source>Personal data</source>
        <translation>个人信息</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Damaged encoding</source>
        <translation>编码损坏</translation>
    </message>
    <message>
        <source>Refused answer</source>
        <translation>拒绝回答</translation>
    </message>
    <message>
        <source>Label balance</source>
        <translation>标签分布</translation>
    </message>
    <message>
        <source>poor</source>
        <translation>很差</translation>
    </message>
    <message>
        <source>slight</source>
        <translation>轻微</translation>
    </message>
    <message>
        <source>fair</source>
        <translation>一般</translation>
    </message>
    <message>
        <source>moderate</source>
        <translation>中等</translation>
    </message>
    <message>
        <source>substantial</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>almost perfect</source>
        <translation>几乎完全一致</translation>
    </message>
    <message>
        <source>You</source>
        <translation>您</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LayerMap</name>
    <message>
        <source>Gradient norms by layer</source>
        <translation>各层梯度范数</translation>
    </message>
    <message>
        <source>Step %1, layer %2 of %3: norm %4 (all layers %5)</source>
        <translation>第 %1 步，第 %2 层（共 %3 层）：范数 %4（所有层 %5）</translation>
    </message>
    <message>
        <source>Layer 1</source>
        <translation>第 1 层</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>第 %1 层</translation>
    </message>
    <message>
        <source>Step %1</source>
        <translation>第 %1 步</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LossChart</name>
    <message>
        <source>Save chart</source>
        <translation>保存图表</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Smoothing: how much of the past a point keeps</source>
        <translation>平滑：每个点保留多少过去的值</translation>
    </message>
    <message>
        <source>No smoothing</source>
        <translation>不平滑</translation>
    </message>
    <message>
        <source>Smoothing %1</source>
        <translation>平滑 %1</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>刻度</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
</context>
<context>
    <name>fettle::ui::LrCurve</name>
    <message>
        <source>Learning rate over the run</source>
        <translation>整个运行中的学习率</translation>
    </message>
    <message>
        <source>Begins at %1</source>
        <translation>从 %1 开始</translation>
    </message>
    <message numerus="yes">
        <source>Rises to %1 in %Ln step(s)</source>
        <translation>
            <numerusform>在 %Ln 步内升到 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>stays there</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>stays there and falls to 0 in the last tenth</source>
        <translation>保持不变，最后十分之一降到 0</translation>
    </message>
    <message>
        <source>falls in a straight line to 0</source>
        <translation>直线降到 0</translation>
    </message>
    <message>
        <source>falls as a cosine to 0</source>
        <translation>按余弦降到 0</translation>
    </message>
    <message>
        <source>%1, %2, over %3 steps.</source>
        <translation>%1，%2，共 %3 步。</translation>
    </message>
    <message>
        <source>%1, %2.</source>
        <translation>%1，%2。</translation>
    </message>
    <message>
        <source>step 1</source>
        <translation>第 1 步</translation>
    </message>
</context>
<context>
    <name>fettle::ui::MainWindow</name>
    <message>
        <source>%1 rows</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>New project from a file</source>
        <translation>由文件新建项目</translation>
    </message>
    <message>
        <source>Rows (*.jsonl *.json *.csv *.tsv *.txt)</source>
        <translation>数据文件 (*.jsonl *.json *.csv *.tsv *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1未完成：%2</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) imported from %1</source>
        <translation>
            <numerusform>已从 %1 导入 %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>另有 %1 条</translation>
    </message>
    <message>
        <source>%1 of %2 rows of %3 cannot be used.</source>
        <translation>%3 的 %2 行中有 %1 行不能使用。</translation>
    </message>
    <message>
        <source>The other %1 rows were imported. Details name line, key and reason of each.</source>
        <translation>其余 %1 行已导入。“详情”中列出每一行的行号、键和原因。</translation>
    </message>
    <message>
        <source>A run is active. Stop it and close?</source>
        <translation>有运行正在进行。要停止并关闭吗？</translation>
    </message>
    <message>
        <source>The step is finished and saved. The run can be continued later from there.</source>
        <translation>会完成当前一步并保存，以后可以从那里继续。</translation>
    </message>
    <message>
        <source>Stop, save and close</source>
        <translation>停止、保存并关闭</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>%1 deleted</source>
        <translation>已删除%1</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Importing %1</source>
        <translation>导入 %1 </translation>
    </message>
    <message>
        <source>Choose what its columns become</source>
        <translation>指定各列的去向</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>显示它们</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Messages</name>
    <message>
        <source>not trained (weight 0)</source>
        <translation>不训练（weight 0）</translation>
    </message>
    <message>
        <source>name %1</source>
        <translation>名称 %1</translation>
    </message>
    <message>
        <source>Chosen answer</source>
        <translation>选中的回答</translation>
    </message>
    <message>
        <source>Rejected answer</source>
        <translation>落选的回答</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>Token 编号</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Notifier</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Validation loss %1.</source>
        <translation>验证损失 %1。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ParallelPlot</name>
    <message>
        <source>Runs of the sweep as lines over their settings</source>
        <translation>扫描中的各次训练：按设置画成折线</translation>
    </message>
    <message>
        <source>axis %1</source>
        <translation>坐标轴 %1</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::PreflightCard</name>
    <message>
        <source>Counting rows</source>
        <translation>正在统计行</translation>
    </message>
    <message>
        <source>Row before</source>
        <translation>上一行</translation>
    </message>
    <message>
        <source>Next row</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Preflight</source>
        <translation>训练前检查</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Rows that cannot be used</source>
        <translation>无法使用的行</translation>
    </message>
    <message>
        <source>One row as it will be trained</source>
        <translation>一行训练时的样子</translation>
    </message>
    <message>
        <source>Every row is turned into tokens, as training will do it.</source>
        <translation>每一行都像训练时那样转换为 token。</translation>
    </message>
    <message>
        <source>The rows could not be counted.</source>
        <translation>无法统计这些行。</translation>
    </message>
    <message>
        <source>What this recipe does to your rows, counted by encoding them.</source>
        <translation>这份配方会怎样处理你的行：通过实际编码统计得出。</translation>
    </message>
    <message>
        <source>The model “%1” is not on this machine.</source>
        <translation>这台机器上没有模型“%1”。</translation>
    </message>
    <message>
        <source>Fetch it with “fettle model fetch-default”, or choose another model.</source>
        <translation>请用“fettle model fetch-default”获取，或选择其他模型。</translation>
    </message>
    <message>
        <source>Count again</source>
        <translation>重新统计</translation>
    </message>
    <message>
        <source>Starts by itself when the rows are counted</source>
        <translation>统计完成后自动开始</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>还有 %1 条</translation>
    </message>
    <message>
        <source>New project from a file</source>
        <translation>从文件新建项目</translation>
    </message>
    <message>
        <source>Rows (*.jsonl *.json *.csv *.tsv *.txt)</source>
        <translation>数据行 (*.jsonl *.json *.csv *.tsv *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%2 个 token 中的 %1 个</translation>
    </message>
    <message>
        <source>What is counted and why</source>
        <translation>统计什么，为什么</translation>
    </message>
    <message numerus="yes">
        <source>system message, %Ln token(s)</source>
        <translation>
            <numerusform>系统消息，%Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>Measure with two real steps</source>
        <translation>用两个真实步测量</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Two real steps</source>
        <translation>两个真实步</translation>
    </message>
    <message>
        <source>Next long row</source>
        <translation>下一个超长行</translation>
    </message>
    <message>
        <source>Next silent row</source>
        <translation>下一个无训练行</translation>
    </message>
    <message>
        <source>Measure two steps by itself</source>
        <translation>自动测量两步</translation>
    </message>
    <message>
        <source>Once rows are counted and nothing else uses the device.</source>
        <translation>数完数据行且设备空闲时进行。</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Number of the row that is shown</source>
        <translation>所显示行的编号</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>of %1 as it will be trained</source>
        <translation>/ %1，训练时的样子</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ProgressRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ProjectRows</name>
    <message>
        <source>Counting rows</source>
        <translation>统计行数</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>撤销：%1</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>重做：%1</translation>
    </message>
    <message>
        <source>Looking for duplicates</source>
        <translation>查找重复</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ProjectSwitcher</name>
    <message>
        <source>Fettle</source>
        <translation>Fettle</translation>
    </message>
    <message>
        <source>No project open</source>
        <translation>没有打开的项目</translation>
    </message>
    <message>
        <source>Project: %1</source>
        <translation>项目：%1</translation>
    </message>
</context>
<context>
    <name>fettle::ui::QueueModel</name>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Will train</source>
        <translation>训练位置</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Held: the sweep has no time left</source>
        <translation>已搁置：扫描的时间已用完</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>已搁置</translation>
    </message>
    <message>
        <source>In its own process</source>
        <translation>独立进程</translation>
    </message>
    <message>
        <source>In this window</source>
        <translation>本窗口</translation>
    </message>
    <message>
        <source>%1 of %2: %3, %4, %5</source>
        <translation>第 %1 项，共 %2 项：%3，%4，%5</translation>
    </message>
</context>
<context>
    <name>fettle::ui::QueueView</name>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Nothing waits. A run that is started while another one trains waits here for its turn.</source>
        <translation>没有等待的训练。另一次训练进行时启动的训练会在这里排队。</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>立即开始</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>搁置</translation>
    </message>
    <message>
        <source>Earlier (Alt+Up)</source>
        <translation>提前 (Alt+Up)</translation>
    </message>
    <message>
        <source>Later (Alt+Down)</source>
        <translation>推后 (Alt+Down)</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>移出</translation>
    </message>
    <message>
        <source>No run is selected.</source>
        <translation>没有选中训练。</translation>
    </message>
    <message>
        <source>It trains beside %1, in a process of its own: both are slower.</source>
        <translation>它会在独立进程中与%1同时训练：两者都会变慢。</translation>
    </message>
    <message>
        <source>It does not wait for its turn.</source>
        <translation>不再排队，直接开始。</translation>
    </message>
    <message>
        <source>Let go</source>
        <translation>放行</translation>
    </message>
    <message>
        <source>It is the next one already.</source>
        <translation>它已经是下一个。</translation>
    </message>
    <message>
        <source>It is the last one already.</source>
        <translation>它已经是最后一个。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Rail</name>
    <message>
        <source>Screens</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>打开项目…</translation>
    </message>
    <message>
        <source>New project from a file…</source>
        <translation>由文件新建项目…</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RecentModel</name>
    <message>
        <source>Recent project</source>
        <translation>最近的项目</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Lowest validation loss</source>
        <translation>最低验证损失</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>打开时间</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RecipeForm</name>
    <message>
        <source>Saving what was decided about rows</source>
        <translation>保存对行的决定</translation>
    </message>
    <message>
        <source>Saving the recipe</source>
        <translation>保存配方</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowHistogram</name>
    <message>
        <source>Rows by their last loss</source>
        <translation>按最后损失分布的数据行</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Last loss %1 or more: %2</source>
        <translation>最后损失不低于 %1：%2</translation>
    </message>
    <message>
        <source>Last loss %1 to %2: %3</source>
        <translation>最后损失 %1 至 %2：%3</translation>
    </message>
    <message>
        <source>%1 and more</source>
        <comment>last loss</comment>
        <translation>%1 及以上</translation>
    </message>
    <message>
        <source>last loss</source>
        <translation>最后损失</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowInspector</name>
    <message>
        <source>Edit answer of row %1</source>
        <translation>编辑第 %1 行的回答</translation>
    </message>
    <message>
        <source>Edit row %1</source>
        <translation>编辑第 %1 行</translation>
    </message>
    <message>
        <source>Edit fields of row %1</source>
        <translation>编辑第 %1 行的字段</translation>
    </message>
    <message>
        <source>Comment on row %1</source>
        <translation>给第 %1 行写备注</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowLossesModel</name>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>First words</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>By epoch</source>
        <translation>各轮</translation>
    </message>
    <message>
        <source>First loss</source>
        <translation>最初损失</translation>
    </message>
    <message>
        <source>Last loss</source>
        <translation>最后损失</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowLossesPresenter</name>
    <message>
        <source>never learned</source>
        <translation>从未学会</translation>
    </message>
    <message>
        <source>forgotten</source>
        <translation>学会又忘</translation>
    </message>
    <message>
        <source>too easy</source>
        <translation>太容易</translation>
    </message>
    <message>
        <source>learning</source>
        <translation>正在学</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>Never learned: last loss %1 or more and fell at most %2. Forgotten: was at most %3, then rose by %4 or more to %1 or above. Too easy: never above %5.</source>
        <translation>从未学会：最后损失不低于 %1，且下降不超过 %2。学会又忘：曾不高于 %3，之后上升至少 %4，达到 %1 或以上。太容易：从未高于 %5。</translation>
    </message>
    <message>
        <source>One epoch is measured: never learned and forgotten show from the second on. Too easy: never above %1.</source>
        <translation>只测量了一轮：“从未学会”和“学会又忘”从第二轮起才能看出。太容易：从未高于 %1。</translation>
    </message>
    <message>
        <source>Saving the losses of rows</source>
        <translation>保存各行的损失</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowLossesView</name>
    <message>
        <source>Copy row numbers</source>
        <translation>复制行号</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>保存为 CSV</translation>
    </message>
    <message>
        <source>Rows by their losses</source>
        <translation>数据行及其损失</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Row as the model sees it</source>
        <translation>模型看到的数据行</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Highest last loss first</source>
        <translation>最后损失从高到低</translation>
    </message>
    <message>
        <source>Lowest last loss first</source>
        <translation>最后损失从低到高</translation>
    </message>
    <message>
        <source>Rose most first</source>
        <translation>上升最多的在前</translation>
    </message>
    <message>
        <source>As in the data</source>
        <translation>按数据中的顺序</translation>
    </message>
    <message>
        <source>Save losses of rows</source>
        <translation>保存各行的损失</translation>
    </message>
    <message>
        <source>Numbers (*.csv)</source>
        <translation>数值 (*.csv)</translation>
    </message>
    <message>
        <source>row losses</source>
        <translation>各行损失</translation>
    </message>
    <message>
        <source>Reading the losses of the rows…</source>
        <translation>正在读取各行的损失…</translation>
    </message>
    <message>
        <source>The losses of single rows are written at the end of each epoch. There are none yet.</source>
        <translation>单行的损失在每一轮结束时记录。目前还没有。</translation>
    </message>
    <message>
        <source>The texts of the rows cannot be shown: %1</source>
        <translation>无法显示数据行的文本：%1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) of row losses could not be read and are left out: %1</source>
        <translation>
            <numerusform>有 %Ln 个行损失文件无法读取，已略去：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>Sorting…</source>
        <translation>正在排序…</translation>
    </message>
    <message>
        <source>%1 rows, %2 epochs</source>
        <translation>%1 行，%2 轮</translation>
    </message>
    <message>
        <source>%1 of %2 rows</source>
        <translation>%2 行中的 %1 行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowReader</name>
    <message>
        <source>%1, line %2</source>
        <translation>%1，第 %2 行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowWords</name>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>None</source>
        <comment>split</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>有效</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已剔除</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>已移除</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Prompt and answer</source>
        <translation>提示和回答</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Prompt alone</source>
        <translation>只有提示</translation>
    </message>
    <message>
        <source>Preference</source>
        <translation>偏好</translation>
    </message>
    <message>
        <source>Feedback</source>
        <translation>反馈</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>Token 编号</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>token 数</translation>
    </message>
    <message>
        <source>Trained tokens</source>
        <translation>训练的 token</translation>
    </message>
    <message>
        <source>Turns</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Answer length</source>
        <translation>回答长度</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Rating</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Uncertainty</source>
        <translation>不确定度</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tag added</source>
        <translation>加了标记</translation>
    </message>
    <message>
        <source>Tag removed</source>
        <translation>去掉标记</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Label of one person</source>
        <translation>个人标签</translation>
    </message>
    <message>
        <source>Verdict of one person</source>
        <translation>个人判断</translation>
    </message>
    <message>
        <source>Choice between two answers</source>
        <translation>两个回答之间的选择</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Developer</source>
        <translation>开发者</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>Chinese, traditional</source>
        <translation>繁体中文</translation>
    </message>
    <message>
        <source>is</source>
        <translation>是</translation>
    </message>
    <message>
        <source>is not</source>
        <translation>不是</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>开头是</translation>
    </message>
    <message>
        <source>is under</source>
        <translation>小于</translation>
    </message>
    <message>
        <source>is over</source>
        <translation>大于</translation>
    </message>
    <message>
        <source>is there</source>
        <translation>存在</translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>field, test</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 %2 “%3”</source>
        <comment>field, test, value</comment>
        <translation>%1 %2“%3”</translation>
    </message>
    <message>
        <source>%1 unknown</source>
        <translation>%1未知</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>number, value</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 %2 to %3</source>
        <translation>%1 %2 到 %3</translation>
    </message>
    <message>
        <source>%1 from %2</source>
        <translation>%1从 %2</translation>
    </message>
    <message>
        <source>%1 up to %2</source>
        <translation>%1到 %2</translation>
    </message>
    <message>
        <source>“%1”</source>
        <comment>searched words</comment>
        <translation>“%1”</translation>
    </message>
    <message>
        <source>Without a label</source>
        <translation>没有标签</translation>
    </message>
    <message>
        <source>Label %1</source>
        <translation>标签 %1</translation>
    </message>
    <message>
        <source>Tag %1</source>
        <translation>标记 %1</translation>
    </message>
    <message>
        <source>Language not known</source>
        <translation>语言未知</translation>
    </message>
    <message>
        <source>Answer “%1”</source>
        <translation>回答“%1”</translation>
    </message>
    <message numerus="yes">
        <source>From %Ln file(s)</source>
        <translation>
            <numerusform>来自 %Ln 个文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln chosen row(s)</source>
        <translation>
            <numerusform>选中的 %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Not decided by %1</source>
        <translation>%1 尚未判断</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowXray</name>
    <message numerus="yes">
        <source>%1 of %Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个 token 中的 %1 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is trained. %1</source>
        <translation>什么都不训练。%1</translation>
    </message>
    <message>
        <source>Every message is trained: %1.</source>
        <translation>训练所有消息：%1。</translation>
    </message>
    <message>
        <source>Only the last answer is trained: %1.</source>
        <translation>只训练最后一个回答：%1。</translation>
    </message>
    <message>
        <source>Answers only: %1.</source>
        <translation>只训练回答：%1。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s) over the context of %1 are cut.</source>
        <translation>
            <numerusform>超出上下文 %1 的 %Ln 个 token 被截断。</numerusform>
        </translation>
    </message>
    <message>
        <source>The row is longer than the context of %1 and becomes several pieces.</source>
        <translation>这一行超出上下文 %1，会分成几段。</translation>
    </message>
    <message>
        <source>The system message was added by the model’s chat template, not by your file.</source>
        <translation>系统消息由模型的对话模板添加，不在你的文件里。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowsBeside</name>
    <message>
        <source>Side by side</source>
        <translation>并排比较</translation>
    </message>
    <message>
        <source>Cluster before</source>
        <translation>上一组</translation>
    </message>
    <message>
        <source>Next cluster</source>
        <translation>下一组</translation>
    </message>
    <message>
        <source>Keep the first</source>
        <translation>保留第一行</translation>
    </message>
    <message>
        <source>Keep all, next</source>
        <translation>全部保留，下一组</translation>
    </message>
    <message>
        <source>Looking for duplicates</source>
        <translation>查找重复</translation>
    </message>
    <message>
        <source>Reading rows</source>
        <translation>读取行</translation>
    </message>
    <message>
        <source>the same text</source>
        <translation>文本相同</translation>
    </message>
    <message>
        <source>differs from row %1</source>
        <translation>与第 %1 行不同</translation>
    </message>
    <message>
        <source>%1, line %2</source>
        <translation>%1，第 %2 行</translation>
    </message>
    <message>
        <source>label %1</source>
        <translation>标签 %1</translation>
    </message>
    <message>
        <source>Keep this one (%1)</source>
        <translation>保留这一行（%1）</translation>
    </message>
    <message>
        <source>Looking for rows that are alike…</source>
        <translation>正在查找相似的行…</translation>
    </message>
    <message>
        <source>No row has a double. Rows that were rejected are not looked at.</source>
        <translation>没有重复的行。已剔除的行不参与比较。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cluster %1 of %2 · %Ln row(s)</source>
        <translation>
            <numerusform>第 %1 组，共 %2 组 · %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, the first %2 show</source>
        <translation>%1，显示前 %2 行</translation>
    </message>
    <message>
        <source>%1 · %2 more rows come after these</source>
        <translation>%1 · 之后还有 %2 行</translation>
    </message>
    <message>
        <source>What differs is marked. Keys 1 to %1 keep that row and reject the others; one Ctrl+Z takes it back.</source>
        <translation>差异已标出。按 1 到 %1 保留该行并剔除其他行；一次 Ctrl+Z 即可撤销。</translation>
    </message>
    <message>
        <source>There is nothing to choose between.</source>
        <translation>没有可选择的行。</translation>
    </message>
    <message>
        <source>Keep row %1 of its cluster</source>
        <translation>保留组中的第 %1 行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowsView</name>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunArchives</name>
    <message>
        <source>%1 of %2</source>
        <comment>bytes done, of all</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>“%1” is damaged.</source>
        <translation>“%1”已损坏。</translation>
    </message>
    <message>
        <source>What is wrong is at “%1”.</source>
        <translation>出错之处是“%1”。</translation>
    </message>
    <message>
        <source>Nothing was taken from it. Copy it again from where it was exported.</source>
        <translation>没有从中取用任何内容。请从导出的地方重新复制一份。</translation>
    </message>
    <message>
        <source>“%1” is no archive of a run that this version can read.</source>
        <translation>“%1”不是此版本能读取的运行归档。</translation>
    </message>
    <message>
        <source>An archive is made with “Export as one archive” in the record of a run. Details say what this file is.</source>
        <translation>归档由运行记录中的“导出为一个归档”生成。详情会说明这是什么文件。</translation>
    </message>
    <message>
        <source>The run is still going on.</source>
        <translation>运行仍在进行。</translation>
    </message>
    <message>
        <source>Stop it, or wait until it ends, then export it.</source>
        <translation>请停止它或等它结束，然后再导出。</translation>
    </message>
    <message>
        <source>Nothing half done was left behind. Check the disk, then try again.</source>
        <translation>没有留下未完成的文件。请检查磁盘后重试。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunComparison</name>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Data and machine</source>
        <translation>数据与机器</translation>
    </message>
    <message>
        <source>The recipes are the same.</source>
        <translation>两份配方相同。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln setting(s) differ</source>
        <translation>
            <numerusform>%Ln 项设置不同</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in all</source>
        <comment>settings</comment>
        <translation>共 %1 项</translation>
    </message>
    <message>
        <source>Both ran on the same machine and versions, from the same rows.</source>
        <translation>两次运行所用的机器、版本和行都相同。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunPresenter</name>
    <message>
        <source>rank %1</source>
        <translation>秩 %1</translation>
    </message>
    <message>
        <source>learning rate %1</source>
        <translation>学习率 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln step(s)</source>
        <translation>
            <numerusform>%Ln 步</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 epochs</source>
        <translation>%1 轮</translation>
    </message>
    <message>
        <source>context %1</source>
        <translation>上下文 %1</translation>
    </message>
    <message>
        <source>of %1, epoch %2 of %3</source>
        <translation>共 %1 步，第 %2 轮，共 %3 轮</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>共 %1 步</translation>
    </message>
    <message>
        <source>reading model and data</source>
        <translation>正在读取模型和数据</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>best so far, step %1</source>
        <translation>目前最佳，第 %1 步</translation>
    </message>
    <message>
        <source>best %1 at step %2</source>
        <translation>最佳 %1，第 %2 步</translation>
    </message>
    <message>
        <source>validation %1</source>
        <translation>验证 %1</translation>
    </message>
    <message>
        <source>no validation rows</source>
        <translation>没有验证行</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>of %1 in this machine</source>
        <translation>本机共 %1</translation>
    </message>
    <message>
        <source>done about %1</source>
        <translation>约 %1 完成</translation>
    </message>
    <message>
        <source>paused after %1</source>
        <translation>运行 %1 后暂停</translation>
    </message>
    <message>
        <source>finishing the step</source>
        <translation>正在完成这一步</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>尚不清楚</translation>
    </message>
    <message>
        <source>ended %1</source>
        <translation>结束于%1</translation>
    </message>
    <message>
        <source>Continue from step %1</source>
        <translation>从第 %1 步继续</translation>
    </message>
    <message>
        <source>Start it again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Everything up to step %1 is saved.</source>
        <translation>到第 %1 步为止都已保存。</translation>
    </message>
    <message>
        <source>No checkpoint was saved before.</source>
        <translation>此前没有保存检查点。</translation>
    </message>
    <message>
        <source>Not started yet</source>
        <translation>尚未开始</translation>
    </message>
    <message>
        <source>Its folder and recipe are there.</source>
        <translation>文件夹和配方已备好。</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Waits for its turn</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>It starts when %1 has ended.</source>
        <translation>%1 结束后开始。</translation>
    </message>
    <message>
        <source>It starts when the processor is free.</source>
        <translation>处理器空闲后开始。</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>The rows are turned into tokens and the model is read. The curve begins with the first step.</source>
        <translation>正在把行转换为 token 并读取模型。第一步之后曲线就会出现。</translation>
    </message>
    <message>
        <source>Paused after step %1</source>
        <translation>在第 %1 步后暂停</translation>
    </message>
    <message>
        <source>The model stays in memory. Resume goes on with the next step.</source>
        <translation>模型仍在内存中。继续后从下一步接着训练。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>The step is finished, then the adapter is saved.</source>
        <translation>完成这一步，然后保存适配器。</translation>
    </message>
    <message>
        <source>The adapter of step %1 is saved.</source>
        <translation>第 %1 步的适配器已保存。</translation>
    </message>
    <message>
        <source>The validation loss was lower before: fewer epochs may do better.</source>
        <translation>验证损失此前更低：减少轮数可能更好。</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Stopped at step %1</source>
        <translation>在第 %1 步停止</translation>
    </message>
    <message>
        <source>The adapter of step %1 is saved. The run can go on from there.</source>
        <translation>第 %1 步的适配器已保存，可从那里继续。</translation>
    </message>
    <message>
        <source>It ended before its first step.</source>
        <translation>在第一步之前就结束了。</translation>
    </message>
    <message>
        <source>Aborted at step %1</source>
        <translation>在第 %1 步中止</translation>
    </message>
    <message>
        <source>Interrupted at step %1</source>
        <translation>在第 %1 步中断</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>The program ended while the run was active.</source>
        <translation>运行期间程序结束了。</translation>
    </message>
    <message>
        <source>Loss is not a number since step %1.</source>
        <translation>从第 %1 步起损失不是数。</translation>
    </message>
    <message numerus="yes">
        <source>Rows %1 and %Ln more.</source>
        <translation>
            <numerusform>第 %1 行，另有 %Ln 行。</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between numbers</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Rows %1.</source>
        <translation>第 %1 行。</translation>
    </message>
    <message>
        <source>Diverged</source>
        <translation>已发散</translation>
    </message>
    <message>
        <source>Continue from step %1 at half the rate</source>
        <translation>从第 %1 步以一半学习率继续</translation>
    </message>
    <message>
        <source>Start again at half the rate</source>
        <translation>以一半学习率重新开始</translation>
    </message>
    <message>
        <source>Show rows</source>
        <translation>查看这些行</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Step %1 could not be saved. Free some space, then go on.</source>
        <translation>第 %1 步无法保存。请腾出空间后继续。</translation>
    </message>
    <message>
        <source>There was not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>It ended at step %1. Lower the context or the rank, or close other programs.</source>
        <translation>在第 %1 步结束。请减小上下文或秩，或关闭其他程序。</translation>
    </message>
    <message>
        <source>Change the recipe</source>
        <translation>修改配方</translation>
    </message>
    <message>
        <source>The device stopped answering</source>
        <translation>设备停止响应</translation>
    </message>
    <message>
        <source>The training engine could not be opened</source>
        <translation>无法打开训练引擎</translation>
    </message>
    <message>
        <source>Run packaging/setup.sh once: it fetches LibTorch. Everything else works without it.</source>
        <translation>请运行一次 packaging/setup.sh，它会获取 LibTorch。没有它，其余功能仍可使用。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>The rows or the model could not be read</source>
        <translation>无法读取这些行或模型</translation>
    </message>
    <message>
        <source>The run failed</source>
        <translation>运行失败</translation>
    </message>
    <message>
        <source>Reading the rows</source>
        <translation>读取行</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1%2</translation>
    </message>
    <message numerus="yes">
        <source>mean of the last %Ln step(s)</source>
        <translation>
            <numerusform>最近 %Ln 步的平均</numerusform>
        </translation>
    </message>
    <message>
        <source>Halving the learning rate</source>
        <translation>把学习率减半</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>%1 from step %2 on</source>
        <translation>自第 %2 步起 %1</translation>
    </message>
    <message>
        <source>The target loss is reached</source>
        <translation>已达到目标损失</translation>
    </message>
    <message>
        <source>It ended at step %1, before the last one.</source>
        <translation>它在第 %1 步结束，早于最后一步。</translation>
    </message>
    <message>
        <source>Stopped early: nothing was improving any more</source>
        <translation>提前停止：已不再有改进</translation>
    </message>
    <message>
        <source>The disk is nearly full</source>
        <translation>磁盘快满了</translation>
    </message>
    <message>
        <source>It stopped at step %1 while there was room to save. Free some space, then go on.</source>
        <translation>它在第 %1 步停止，此时还有空间可以保存。请腾出空间再继续。</translation>
    </message>
    <message>
        <source>Its time is up</source>
        <translation>时间已到</translation>
    </message>
    <message>
        <source>It stopped at step %1. Going on gives it the same time again.</source>
        <translation>它在第 %1 步停止。继续训练会再给它同样的时间。</translation>
    </message>
    <message>
        <source>The run&apos;s folder cannot be written</source>
        <translation>无法写入训练文件夹</translation>
    </message>
    <message>
        <source>Make the folder of the project writable, then go on.</source>
        <translation>请让项目文件夹可写，然后继续。</translation>
    </message>
    <message>
        <source>The rows changed since the run was prepared</source>
        <translation>准备之后数据行发生了变化</translation>
    </message>
    <message>
        <source>Start a new run with these rows</source>
        <translation>用现在的数据行开始新的训练</translation>
    </message>
    <message>
        <source>It is number %1 in the queue.</source>
        <translation>排在队列第 %1 位。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecord</name>
    <message>
        <source>d MMM yyyy, HH:mm:ss</source>
        <comment>when a run started or ended</comment>
        <translation>yyyy年M月d日 HH:mm:ss</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>The run is not over: time and steps are those until now.</source>
        <translation>运行尚未结束：时间和步数为到目前为止的值。</translation>
    </message>
    <message>
        <source>Nothing was predicted for this run: an older version started it, or the command line without a look at its rows.</source>
        <translation>此运行没有预测：它由旧版本启动，或由命令行启动而未查看它的行。</translation>
    </message>
    <message>
        <source>The time was predicted from the speed of an earlier run on this machine.</source>
        <translation>时间按本机先前一次运行的速度预测。</translation>
    </message>
    <message>
        <source>The time was predicted from the size of the model: no run on this machine had been measured yet.</source>
        <translation>时间按模型大小预测：当时本机还没有测量过的运行。</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Threads and cores</source>
        <translation>线程与核心</translation>
    </message>
    <message numerus="yes">
        <source>%Ln thread(s)</source>
        <translation>
            <numerusform>%Ln 个线程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln core(s)</source>
        <translation>
            <numerusform>%Ln 核</numerusform>
        </translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令集</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>kernel %1</source>
        <translation>内核 %1</translation>
    </message>
    <message>
        <source>Computed with</source>
        <translation>计算环境</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核函数</translation>
    </message>
    <message>
        <source>Threads used</source>
        <translation>所用线程</translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation>重算</translation>
    </message>
    <message>
        <source>Tokens at once</source>
        <translation>一次处理的 token</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Hash of the rows</source>
        <translation>行的哈希</translation>
    </message>
    <message>
        <source>Hash of rows and order</source>
        <translation>行及顺序的哈希</translation>
    </message>
    <message>
        <source>Training rows</source>
        <translation>训练行</translation>
    </message>
    <message>
        <source>Tokens an epoch</source>
        <translation>每轮次 token 数</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束时间</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>Resumed</source>
        <translation>恢复</translation>
    </message>
    <message numerus="yes">
        <source>%Ln time(s)</source>
        <translation>
            <numerusform>%Ln 次</numerusform>
        </translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Yes: the same command, versions and machine give the same numbers.</source>
        <translation>是：同样的命令、版本和机器得到同样的数值。</translation>
    </message>
    <message>
        <source>No. The log says: %1</source>
        <translation>否。日志写道：%1</translation>
    </message>
    <message>
        <source>Bit-reproducible</source>
        <translation>逐位可复现</translation>
    </message>
    <message>
        <source>Hash of the recipe</source>
        <translation>配方哈希</translation>
    </message>
    <message>
        <source>%1: %2 (predicted %3, difference %4)</source>
        <translation>%1：%2（预测 %3，相差 %4）</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>name: value</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecordCompareView</name>
    <message>
        <source>Run record</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>交换</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation>只看不同之处</translation>
    </message>
    <message>
        <source>There is no other run in this project to compare with. Train a second one, or import one from its archive.</source>
        <translation>此项目中没有可比较的其他运行。请再训练一次，或从归档导入一次。</translation>
    </message>
    <message>
        <source>Settings of both recipes</source>
        <translation>两份配方的设置</translation>
    </message>
    <message>
        <source>Data and machine of both runs</source>
        <translation>两次运行的数据与机器</translation>
    </message>
    <message>
        <source>Left run</source>
        <translation>左侧运行</translation>
    </message>
    <message>
        <source>Right run</source>
        <translation>右侧运行</translation>
    </message>
    <message>
        <source>There is nothing to copy yet.</source>
        <translation>还没有可复制的内容。</translation>
    </message>
    <message>
        <source>The two runs cannot be compared: %1</source>
        <translation>无法比较这两次运行：%1</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>Reading both runs…</source>
        <translation>正在读取两次运行…</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecordExport</name>
    <message>
        <source>Export as one archive…</source>
        <translation>导出为一个归档…</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Copy folder path</source>
        <translation>复制文件夹路径</translation>
    </message>
    <message>
        <source>Export numbers…</source>
        <translation>导出数值…</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Take it elsewhere</source>
        <translation>带到别处</translation>
    </message>
    <message>
        <source>Checkpoints that go along</source>
        <translation>一并带上的检查点</translation>
    </message>
    <message>
        <source>One tar file with recipe, events, log and checkpoints, and a checksum of each. Drop it onto a window of Fettle elsewhere to import it.</source>
        <translation>一个 tar 文件，含配方、事件、日志和检查点，每个文件都带校验和。在别处把它拖到 Fettle 窗口上即可导入。</translation>
    </message>
    <message>
        <source>The path of the folder is on the clipboard.</source>
        <translation>文件夹路径已复制到剪贴板。</translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln file(s), %2</source>
        <translation>
            <numerusform>%1：%Ln 个文件，%2</numerusform>
        </translation>
    </message>
    <message>
        <source>Left out, because they are links or no files: %1</source>
        <translation>因是链接或不是文件而未带上：%1</translation>
    </message>
    <message>
        <source>Exporting failed: %1</source>
        <translation>导出失败：%1</translation>
    </message>
    <message>
        <source>Export again…</source>
        <translation>重新导出…</translation>
    </message>
    <message numerus="yes">
        <source>All %Ln checkpoint(s) · %1</source>
        <translation>
            <numerusform>全部 %Ln 个检查点 · %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Best checkpoint, step %1 · %2</source>
        <translation>最佳检查点，第 %1 步 · %2</translation>
    </message>
    <message>
        <source>Last checkpoint, step %1 · %2</source>
        <translation>最后的检查点，第 %1 步 · %2</translation>
    </message>
    <message>
        <source>No checkpoint · %1</source>
        <translation>不带检查点 · %1</translation>
    </message>
    <message>
        <source>The run is still going on: stop it, or wait until it ends.</source>
        <translation>运行仍在进行：请停止它或等它结束。</translation>
    </message>
    <message>
        <source>The run is being read.</source>
        <translation>正在读取运行。</translation>
    </message>
    <message>
        <source>Another archive is being written.</source>
        <translation>正在写入另一个归档。</translation>
    </message>
    <message>
        <source>Export as one archive</source>
        <translation>导出为一个归档</translation>
    </message>
    <message>
        <source>Archive of a run (*.tar)</source>
        <translation>运行归档 (*.tar)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>No program opened the folder.</source>
        <translation>没有程序打开该文件夹。</translation>
    </message>
    <message>
        <source>The desktop names none for folders. Copy the path and open it by hand.</source>
        <translation>桌面没有指定打开文件夹的程序。请复制路径后手动打开。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecordView</name>
    <message>
        <source>Compare recipes with another run</source>
        <translation>与另一次运行比较配方</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>Run record</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Predicted and actual</source>
        <translation>预测与实际</translation>
    </message>
    <message>
        <source>Train it again</source>
        <translation>重新训练</translation>
    </message>
    <message>
        <source>Command that trains this run again</source>
        <translation>重新训练此运行的命令</translation>
    </message>
    <message>
        <source>On the clipboard.</source>
        <translation>已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Actual</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>相差</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>The record cannot be read: %1</source>
        <translation>无法读取记录：%1</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>The run is being read.</source>
        <translation>正在读取运行。</translation>
    </message>
    <message>
        <source>There is no command for this run.</source>
        <translation>此运行没有命令。</translation>
    </message>
    <message>
        <source>Trains into a new folder beside it, with what “auto” stood for here written out.</source>
        <translation>训练到旁边的新文件夹，并写明“auto”在此处代表的值。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunView</name>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Token accuracy</source>
        <translation>token 准确率</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>Time taken</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Rows of that step</source>
        <translation>该步的行</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>运行日志</translation>
    </message>
    <message>
        <source>The run wrote nothing.</source>
        <translation>该运行没有写日志。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln line(s) of this run&apos;s log could not be read and are missing here.</source>
        <translation>
            <numerusform>该运行日志中有 %Ln 行无法读取，此处缺失。</numerusform>
        </translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>These rows are no longer in the data.</source>
        <translation>这些行已不在数据中。</translation>
    </message>
    <message>
        <source>Reading the log</source>
        <translation>读取日志</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunsModel</name>
    <message>
        <source>ended at step %1</source>
        <translation>止于第 %1 步</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Train loss</source>
        <translation>训练损失</translation>
    </message>
    <message>
        <source>Valid. loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Tokens/s</source>
        <translation>token/秒</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>%1, in charts</source>
        <translation>%1，已叠加</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <translation>%1，%2，%3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Prepared</source>
        <translation>已准备</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Aborted</source>
        <translation>已中止</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Diverged</source>
        <translation>已发散</translation>
    </message>
    <message>
        <source>Disk full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Out of memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Device lost</source>
        <translation>设备丢失</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>It can go on from step %1.</source>
        <translation>可以从第 %1 步继续。</translation>
    </message>
    <message>
        <source>It ended before its first checkpoint and can be started again.</source>
        <translation>它在第一个检查点之前就结束了，可以重新开始。</translation>
    </message>
    <message>
        <source>Go on from step %1 with half the learning rate, or look at the rows named.</source>
        <translation>请从第 %1 步以一半的学习率继续，或查看指出的行。</translation>
    </message>
    <message>
        <source>Start again with half the learning rate, or look at the rows named.</source>
        <translation>请以一半的学习率重新开始，或查看指出的行。</translation>
    </message>
    <message>
        <source>Free some space, then go on from step %1.</source>
        <translation>请腾出空间，然后从第 %1 步继续。</translation>
    </message>
    <message>
        <source>Free some space, then start again.</source>
        <translation>请腾出空间，然后重新开始。</translation>
    </message>
    <message>
        <source>Lower the context or the batch tokens, then go on.</source>
        <translation>请减小上下文或每批 token 数，然后继续。</translation>
    </message>
    <message>
        <source>Check the device, then go on from the last checkpoint.</source>
        <translation>请检查设备，然后从最近的检查点继续。</translation>
    </message>
    <message>
        <source>Details stand in the run&apos;s log.</source>
        <translation>详情见该运行的日志。</translation>
    </message>
    <message>
        <source>Target reached</source>
        <translation>达到目标</translation>
    </message>
    <message>
        <source>Stopped early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>Time is up</source>
        <translation>时间已到</translation>
    </message>
    <message>
        <source>Disk nearly full</source>
        <translation>磁盘快满</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Data changed</source>
        <translation>数据已变</translation>
    </message>
    <message>
        <source>Engine missing</source>
        <translation>缺少引擎</translation>
    </message>
    <message>
        <source>It can go on from step %1 for as long again.</source>
        <translation>可以从第 %1 步继续同样长的时间。</translation>
    </message>
    <message>
        <source>Make the project&apos;s folder writable, then go on.</source>
        <translation>请让项目文件夹可写，然后继续。</translation>
    </message>
    <message>
        <source>Start a new run with the rows as they are now, or put the old file back and go on.</source>
        <translation>用现在的数据行开始新的训练，或放回原来的文件再继续。</translation>
    </message>
    <message>
        <source>Install the engine, then start again.</source>
        <translation>请安装引擎，然后重新开始。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunsPane</name>
    <message numerus="yes">
        <source>%Ln running</source>
        <translation>
            <numerusform>%Ln 个进行中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln paused</source>
        <translation>
            <numerusform>%Ln 个已暂停</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln queued</source>
        <translation>
            <numerusform>%Ln 个排队中</numerusform>
        </translation>
    </message>
    <message>
        <source>No run yet.</source>
        <translation>还没有运行。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>loss %1</source>
        <translation>损失 %1</translation>
    </message>
    <message>
        <source>reading model and data</source>
        <translation>正在读取模型和数据</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>正在排队</translation>
    </message>
    <message>
        <source>finishes the step and saves</source>
        <translation>正在完成当前一步并保存</translation>
    </message>
    <message>
        <source>%1 of %2 steps</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>约剩 %1</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>停止并保存</translation>
    </message>
    <message>
        <source>Runs of this project appear here: their state, losses and speed. Start one on the Train screen.</source>
        <translation>本项目的运行会显示在这里：状态、损失和速度。请在“训练”页面开始一次运行。</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>运行进度</translation>
    </message>
    <message>
        <source>Close Runs</source>
        <translation>收起“运行”</translation>
    </message>
    <message>
        <source>Open Runs</source>
        <translation>展开“运行”</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>It can be paused once it runs.</source>
        <translation>开始之后才能暂停。</translation>
    </message>
    <message>
        <source>It is stopping already.</source>
        <translation>它已经在停止了。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Take out of the charts</source>
        <translation>从图表中移除</translation>
    </message>
    <message>
        <source>Overlay in the charts</source>
        <translation>叠加到图表</translation>
    </message>
    <message>
        <source>Abort without saving…</source>
        <translation>不保存而中止…</translation>
    </message>
    <message>
        <source>Abort %1?</source>
        <translation>要中止%1吗？</translation>
    </message>
    <message>
        <source>What it learned since its last checkpoint is lost.</source>
        <translation>自最近检查点以来学到的内容会丢失。</translation>
    </message>
    <message>
        <source>Abort %1</source>
        <translation>中止%1</translation>
    </message>
    <message>
        <source>Continue from step %1</source>
        <translation>从第 %1 步继续</translation>
    </message>
    <message>
        <source>Copy folder path</source>
        <translation>复制文件夹路径</translation>
    </message>
    <message>
        <source>held in the queue</source>
        <translation>在队列中搁置</translation>
    </message>
    <message>
        <source>in its own process</source>
        <translation>在独立进程中</translation>
    </message>
    <message>
        <source>No run fits. Clear the words or choose another state or tag.</source>
        <translation>没有符合的训练。请清除搜索词，或选择其他状态或标签。</translation>
    </message>
    <message>
        <source>Nothing is archived. A run that is put away with its menu stands here.</source>
        <translation>归档是空的。用菜单归档的训练会出现在这里。</translation>
    </message>
    <message>
        <source>All runs are archived.</source>
        <translation>所有训练都已归档。</translation>
    </message>
    <message>
        <source>Runs or queue</source>
        <translation>训练或队列</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>全部训练</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation>搜索训练</translation>
    </message>
    <message>
        <source>Search name, tag, note</source>
        <translation>搜索名称、标签、备注</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Any state</source>
        <translation>任意状态</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>Ended early</source>
        <translation>提前结束</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Any tag</source>
        <translation>任意标签</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新在前</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>Best loss first</source>
        <translation>损失最低在前</translation>
    </message>
    <message>
        <source>Fastest first</source>
        <translation>最快在前</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>New sweep</source>
        <translation>新建扫描</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Results of %1</source>
        <translation>%1 的结果</translation>
    </message>
    <message>
        <source>Bring back the run deleted last</source>
        <translation>恢复最近删除的训练</translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s) for good…</source>
        <translation>
            <numerusform>彻底删除 %Ln 次训练…</numerusform>
        </translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>训练名称</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation>标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Note: what you tried, what you saw</source>
        <translation>备注：试了什么，看到了什么</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Queue (%1)</source>
        <translation>队列（%1）</translation>
    </message>
    <message>
        <source>Archive (%1)</source>
        <translation>归档（%1）</translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s) for good?</source>
        <translation>
            <numerusform>彻底删除 %Ln 次训练？</numerusform>
        </translation>
    </message>
    <message>
        <source>Their curves, checkpoints and recipes are removed from the disk. This cannot be undone.</source>
        <translation>它们的曲线、检查点和配方将从磁盘删除，无法撤销。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>立即开始</translation>
    </message>
    <message>
        <source>Let go</source>
        <translation>放行</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>搁置</translation>
    </message>
    <message>
        <source>Make it the next one</source>
        <translation>设为下一个</translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation>移出队列</translation>
    </message>
    <message>
        <source>Put into the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Name, tags and note (F2)</source>
        <translation>名称、标签和备注 (F2)</translation>
    </message>
    <message>
        <source>Duplicate with changes</source>
        <translation>复制并修改</translation>
    </message>
    <message>
        <source>Results of its sweep</source>
        <translation>所属扫描的结果</translation>
    </message>
    <message>
        <source>Take out of the archive</source>
        <translation>移出归档</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Run record</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Compare recipes with the shown run</source>
        <translation>与当前显示的运行比较配方</translation>
    </message>
    <message>
        <source>Export as one archive…</source>
        <translation>导出为一个归档…</translation>
    </message>
    <message>
        <source>Opening the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Import a run…</source>
        <translation>导入运行…</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SamplesOverTimeView</name>
    <message>
        <source>Underlined words are new since the answer before. The prompts are part of the recipe (Evaluation, Sample prompts); without any, validation rows are asked.</source>
        <translation>带下划线的词是相对上一个回答新出现的。提示词写在配方里（评估，示例提示）；没有时使用验证数据行。</translation>
    </message>
    <message>
        <source>Answers over time</source>
        <translation>回答的变化</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>As wanted</source>
        <translation>符合期望</translation>
    </message>
    <message>
        <source>Answers appear here at each evaluation.</source>
        <translation>每次评估后，回答会出现在这里。</translation>
    </message>
    <message>
        <source>This run had no evaluation with samples.</source>
        <translation>这个运行没有带示例的评估。</translation>
    </message>
    <message>
        <source>Wanted: %1</source>
        <translation>期望：%1</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SamplesPanel</name>
    <message>
        <source>Samples</source>
        <translation>样例</translation>
    </message>
    <message>
        <source>Older samples</source>
        <translation>更早的样例</translation>
    </message>
    <message>
        <source>Newer samples</source>
        <translation>更新的样例</translation>
    </message>
    <message>
        <source>base</source>
        <translation>原模型</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>wanted</source>
        <translation>期望</translation>
    </message>
    <message>
        <source>Samples at step %1</source>
        <translation>第 %1 步的样例</translation>
    </message>
    <message>
        <source>Answers appear here at each evaluation, beside those of the base model.</source>
        <translation>每次评估后，回答会与原模型的回答一起显示在这里。</translation>
    </message>
    <message>
        <source>This run had no evaluation with samples.</source>
        <translation>该运行没有带样例的评估。</translation>
    </message>
    <message>
        <source>as wanted</source>
        <translation>符合期望</translation>
    </message>
    <message>
        <source>not as wanted</source>
        <translation>不符合期望</translation>
    </message>
    <message>
        <source>%1: base %2, now %3</source>
        <translation>%1：原模型 %2，现在 %3</translation>
    </message>
    <message>
        <source>Answers over time</source>
        <translation>回答的变化</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SessionBars</name>
    <message>
        <source>Decisions over the session</source>
        <translation>本次标注的判断次数</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Changes apply at once and are kept on this machine.</source>
        <translation>更改立即生效，并保存在本机。</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Reset look</source>
        <translation>恢复默认外观</translation>
    </message>
    <message>
        <source>Set by the command line for this start</source>
        <translation>本次启动由命令行指定</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>System follows the desktop</source>
        <translation>“跟随系统”会随桌面变化</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window; the command line speaks English</source>
        <translation>窗口使用的语言；命令行使用英语</translation>
    </message>
    <message>
        <source> pt</source>
        <translation> 磅</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Everything grows with it; Ctrl+= and Ctrl+- change it anywhere</source>
        <translation>界面随之缩放；任何地方都可用 Ctrl+= 和 Ctrl+- 调整</translation>
    </message>
    <message>
        <source>System font</source>
        <translation>系统字体</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>A font whose figures differ in width is not used for numbers</source>
        <translation>数字宽度不一的字体不会用于数值</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行高</translation>
    </message>
    <message>
        <source>Comfortable</source>
        <translation>宽松</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>Height of rows in lists and tables</source>
        <translation>列表和表格中行的高度</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动态效果</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动态效果</translation>
    </message>
    <message>
        <source>Only bars without a known end move at all</source>
        <translation>只有终点未知的进度条会动</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>GNU General Public License, version 3 or later</source>
        <translation>GNU 通用公共许可证，第 3 版或更高版本</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Models and engine</source>
        <translation>模型和引擎</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Reset training</source>
        <translation>重置训练设置</translation>
    </message>
    <message>
        <source>Where runs live</source>
        <translation>训练在哪里运行</translation>
    </message>
    <message>
        <source>A process of its own goes on when the window is closed and after a logout</source>
        <translation>独立进程在关闭窗口或注销之后仍会继续</translation>
    </message>
    <message>
        <source>Run training in a separate process</source>
        <translation>在独立进程中训练</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Of runs in a separate process; other programs stay quick</source>
        <translation>针对独立进程中的训练；其他程序保持流畅</translation>
    </message>
    <message>
        <source>Other programs come first</source>
        <translation>其他程序优先</translation>
    </message>
    <message>
        <source>Notification</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Through the desktop while you look elsewhere</source>
        <translation>您不在看窗口时，通过桌面通知</translation>
    </message>
    <message>
        <source>Tell when a run ends</source>
        <translation>训练结束时通知</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SettleView</name>
    <message>
        <source>Disagreements</source>
        <translation>分歧</translation>
    </message>
    <message>
        <source>Back to the queue</source>
        <translation>返回队列</translation>
    </message>
    <message>
        <source>Both chose the same label for every row they share.</source>
        <translation>双方对每个共同标注的行都选了相同的标签。</translation>
    </message>
    <message>
        <source>Text of the row</source>
        <translation>该行的文本</translation>
    </message>
    <message>
        <source>Take this</source>
        <translation>采用这个</translation>
    </message>
    <message>
        <source>Another label</source>
        <translation>其他标签</translation>
    </message>
    <message>
        <source>next</source>
        <translation>下一行</translation>
    </message>
    <message>
        <source>previous</source>
        <translation>上一行</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>%1 of %2 are open. The label you take becomes the one in force.</source>
        <translation>%2 处中有 %1 处未裁定。您采用的标签将生效。</translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>未裁定</translation>
    </message>
    <message>
        <source>Settled: %1</source>
        <translation>已裁定：%1</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SplitPage</name>
    <message>
        <source>Alike rows would stand in several splits: a leak</source>
        <translation>相似的行会落入不同划分：泄漏</translation>
    </message>
    <message>
        <source>A group would stand in several splits</source>
        <translation>同一组会落入不同划分</translation>
    </message>
    <message>
        <source>A split would get no row</source>
        <translation>有一个划分会没有行</translation>
    </message>
    <message>
        <source>A class has too few rows to stand in every split</source>
        <translation>有一类的行太少，不能进入每个划分</translation>
    </message>
    <message>
        <source>There are fewer rows than asked for</source>
        <translation>行数少于要求</translation>
    </message>
    <message>
        <source>Plan splits</source>
        <translation>规划划分</translation>
    </message>
    <message>
        <source>Train is learned from, validation chooses, test judges once. Rows that have a split stay in it, so new rows never move old ones.</source>
        <translation>训练集用来学习，验证集用来选择，测试集只评判一次。已有划分的行不会移动，所以新行不会影响旧行。</translation>
    </message>
    <message>
        <source>Alike rows go together</source>
        <translation>相似的行放在一起</translation>
    </message>
    <message>
        <source>Draw train and validation again, not only rows without a split</source>
        <translation>重新抽取训练和验证，而不只是未划分的行</translation>
    </message>
    <message>
        <source>Move rows</source>
        <translation>移动行</translation>
    </message>
    <message>
        <source>Share of %1</source>
        <translation>%1的份额</translation>
    </message>
    <message>
        <source>Shares</source>
        <translation>份额</translation>
    </message>
    <message>
        <source>any scale: 80, 10, 10 is 8, 1, 1</source>
        <translation>任意比例：80、10、10 等于 8、1、1</translation>
    </message>
    <message>
        <source>Same shares of each</source>
        <translation>各类同比例</translation>
    </message>
    <message>
        <source>class that must stand in every split</source>
        <translation>每个划分都要有的类别</translation>
    </message>
    <message>
        <source>Keep together by</source>
        <translation>按此放在一起</translation>
    </message>
    <message>
        <source>rows of one user, source or document</source>
        <translation>同一用户、来源或文档的行</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>the same seed draws the same rows</source>
        <translation>相同的种子抽到相同的行</translation>
    </message>
    <message>
        <source>What it gives</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>The plan is being made.</source>
        <translation>正在规划。</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>不用</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Looking at the rows…</source>
        <translation>正在查看这些行…</translation>
    </message>
    <message>
        <source>No plan can be made of this.</source>
        <translation>这样无法规划。</translation>
    </message>
    <message>
        <source>%1 %2 (%3)</source>
        <comment>split, rows, share</comment>
        <translation>%1 %2（%3）</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %2 row(s) move</source>
        <translation>
            <numerusform>%1 · 移动 %2 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <comment>warnings</comment>
        <translation>
            <numerusform>还有 %Ln 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Show the rows</source>
        <translation>显示这些行</translation>
    </message>
    <message>
        <source>No leak is made by this plan</source>
        <translation>这样划分不会产生泄漏</translation>
    </message>
    <message numerus="yes">
        <source>Move %1 row(s)</source>
        <translation>
            <numerusform>移动 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Every row stands where the plan wants it.</source>
        <translation>每一行都已在该在的位置。</translation>
    </message>
    <message numerus="yes">
        <source>Split %1 row(s)</source>
        <translation>
            <numerusform>划分 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>It is being done.</source>
        <translation>正在执行。</translation>
    </message>
    <message>
        <source>Moving rows</source>
        <translation>移动行</translation>
    </message>
</context>
<context>
    <name>fettle::ui::StartPicker</name>
    <message>
        <source>Start from</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>Recipes to start from</source>
        <translation>可作起点的配方</translation>
    </message>
    <message>
        <source>No run yet. The first one will stand here.</source>
        <translation>还没有运行。第一个运行会出现在这里。</translation>
    </message>
    <message>
        <source>What would change</source>
        <translation>会更改的内容</translation>
    </message>
    <message>
        <source>Use this recipe</source>
        <translation>使用此配方</translation>
    </message>
    <message>
        <source>Starter recipes</source>
        <translation>入门配方</translation>
    </message>
    <message>
        <source>Earlier runs</source>
        <translation>以前的运行</translation>
    </message>
    <message>
        <source>Back to the form</source>
        <translation>返回表单</translation>
    </message>
    <message>
        <source>Continue from an adapter</source>
        <translation>从适配器继续</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Adapter to go on from</source>
        <translation>要继续的适配器</translation>
    </message>
    <message>
        <source>Choose an adapter folder</source>
        <translation>选择适配器文件夹</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>其他文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln value(s) would change</source>
        <translation>
            <numerusform>会更改 %Ln 个值</numerusform>
        </translation>
    </message>
    <message>
        <source>One step: undo takes it back.</source>
        <translation>算作一步：撤销即可恢复。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::StartPresenter</name>
    <message>
        <source>Quick try</source>
        <translation>快速尝试</translation>
    </message>
    <message>
        <source>To see whether anything is learned: sixty small steps, done in a minute or two.</source>
        <translation>看看能否学到东西：六十个小步，一两分钟完成。</translation>
    </message>
    <message>
        <source>Careful default</source>
        <translation>稳妥默认</translation>
    </message>
    <message>
        <source>When the result is to be kept: three passes, ended when validation stops improving.</source>
        <translation>结果要保留时用：三遍，验证不再改善就结束。</translation>
    </message>
    <message>
        <source>Long answers</source>
        <translation>长回答</translation>
    </message>
    <message>
        <source>For reports, code or stories: a wide adapter and a context of 4,096 tokens.</source>
        <translation>适合报告、代码或故事：宽适配器，上下文 4,096 个 token。</translation>
    </message>
    <message>
        <source>Small memory</source>
        <translation>小内存</translation>
    </message>
    <message>
        <source>When preflight says that it does not fit: small pieces and recomputation, a little slower.</source>
        <translation>预检说放不下时用：小块计算加重算，稍慢。</translation>
    </message>
    <message>
        <source>Short answers like labels</source>
        <translation>标签式短回答</translation>
    </message>
    <message>
        <source>For classes, yes or no, single words: the same number of answers in every step.</source>
        <translation>适合分类、是非、单个词：每一步的回答数相同。</translation>
    </message>
    <message>
        <source>Continue from an adapter</source>
        <translation>从适配器继续</translation>
    </message>
    <message>
        <source>For new rows on top of a finished adapter: one pass at a low rate.</source>
        <translation>在完成的适配器上学新数据：低学习率一遍。</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1，第 %2 步</translation>
    </message>
    <message>
        <source>Correct the YAML text first</source>
        <translation>请先改正 YAML 文本</translation>
    </message>
    <message>
        <source>Choose a recipe</source>
        <translation>选择一份配方</translation>
    </message>
    <message>
        <source>Choose the adapter to go on from</source>
        <translation>选择要继续的适配器</translation>
    </message>
    <message>
        <source>This recipe cannot be read</source>
        <translation>无法读取此配方</translation>
    </message>
    <message>
        <source>Nothing would change</source>
        <translation>不会有任何更改</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SubPage</name>
    <message>
        <source>Back to the rows</source>
        <translation>返回数据行</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1失败：%2</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SubPages</name>
    <message numerus="yes">
        <source>%1 row(s) imported</source>
        <translation>
            <numerusform>已导入 %1 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing changed: the very same file was imported before.</source>
        <translation>没有变化：同样的文件之前导入过。</translation>
    </message>
    <message>
        <source>%1, %2 could not be read</source>
        <translation>%1，%2 行未能读取</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>显示它们</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SweepModel</name>
    <message>
        <source>Run</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Valid. loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>峰值</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>%1, the best so far</source>
        <translation>%1，目前最佳</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::SweepView</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>New sweep</source>
        <translation>新建扫描</translation>
    </message>
    <message>
        <source>Many runs of the recipe of the form, each with other values. They wait in the queue and share one budget.</source>
        <translation>用表单中的配方做多次训练，每次取不同的值。它们在队列中等待，共用一份预算。</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>What should differ</source>
        <translation>改变什么</translation>
    </message>
    <message>
        <source>How values are combined</source>
        <translation>取值的组合方式</translation>
    </message>
    <message>
        <source>Every combination</source>
        <translation>所有组合</translation>
    </message>
    <message>
        <source>At random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>Add a field</source>
        <translation>添加字段</translation>
    </message>
    <message>
        <source>Runs at most</source>
        <translation>最多训练次数</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Minutes for all runs together</source>
        <translation>所有训练合计的分钟数</translation>
    </message>
    <message>
        <source>Seed of the draw</source>
        <translation>抽取种子</translation>
    </message>
    <message>
        <source>A draw at random needs it</source>
        <translation>随机抽取必须填写</translation>
    </message>
    <message>
        <source>Time for all runs</source>
        <translation>全部训练的时间</translation>
    </message>
    <message>
        <source>Minutes of training; when they are used up the rest is held</source>
        <translation>训练分钟数；用完后其余训练会被搁置</translation>
    </message>
    <message>
        <source>The same seed draws the same values</source>
        <translation>相同的种子抽出相同的值</translation>
    </message>
    <message>
        <source>Start the sweep</source>
        <translation>开始扫描</translation>
    </message>
    <message>
        <source>Field %1</source>
        <translation>字段 %1</translation>
    </message>
    <message>
        <source>Kind of values %1</source>
        <translation>取值方式 %1</translation>
    </message>
    <message>
        <source>These values</source>
        <translation>这些值</translation>
    </message>
    <message>
        <source>From, to</source>
        <translation>从…到…</translation>
    </message>
    <message>
        <source>From, to (logarithmic)</source>
        <translation>从…到…（对数）</translation>
    </message>
    <message>
        <source>Values %1</source>
        <translation>取值 %1</translation>
    </message>
    <message>
        <source>separated by commas</source>
        <translation>用逗号分隔</translation>
    </message>
    <message>
        <source>Number of values %1</source>
        <translation>取值个数 %1</translation>
    </message>
    <message>
        <source>how many</source>
        <translation>几个</translation>
    </message>
    <message>
        <source>Leave field %1 out</source>
        <translation>去掉字段 %1</translation>
    </message>
    <message>
        <source>lowest, highest</source>
        <translation>最小, 最大</translation>
    </message>
    <message>
        <source>The sweep is not complete yet.</source>
        <translation>扫描还没有填完整。</translation>
    </message>
    <message numerus="yes">
        <source>Start %Ln run(s)</source>
        <translation>
            <numerusform>开始 %Ln 次训练</numerusform>
        </translation>
    </message>
    <message>
        <source>They wait in the queue behind what is there.</source>
        <translation>它们排在队列现有训练之后。</translation>
    </message>
    <message>
        <source>The first one starts at once, the others wait in the queue.</source>
        <translation>第一次立即开始，其余在队列中等待。</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>扫描</translation>
    </message>
    <message>
        <source>Stop the rest</source>
        <translation>停止其余训练</translation>
    </message>
    <message>
        <source>Best again, twice as long</source>
        <translation>最佳的再练一次，加倍时长</translation>
    </message>
    <message>
        <source>Settings and loss</source>
        <translation>设置与损失</translation>
    </message>
    <message>
        <source>Runs of the sweep</source>
        <translation>扫描中的训练</translation>
    </message>
    <message>
        <source>Sweep %1</source>
        <translation>扫描 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln 次训练</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln done</source>
        <translation>
            <numerusform>%Ln 次完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln 次失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln waiting</source>
        <translation>
            <numerusform>%Ln 次等待</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 used</source>
        <translation>已用 %1，共 %2</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束时间</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Nothing is running or waiting any more.</source>
        <translation>没有正在运行或等待的训练。</translation>
    </message>
    <message>
        <source>No run has a validation loss yet.</source>
        <translation>还没有训练给出验证损失。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TextFind</name>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>which hit, of how many</comment>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TokenBar</name>
    <message>
        <source>Tokens by what happens to them</source>
        <translation>token 的去向</translation>
    </message>
    <message>
        <source>%1 trained, %2 context, %3 cut</source>
        <translation>训练 %1，上下文 %2，截断 %3</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TokenRows</name>
    <message>
        <source>Which losses</source>
        <translation>哪些损失</translation>
    </message>
    <message>
        <source>When it failed</source>
        <translation>失败时</translation>
    </message>
    <message>
        <source>At the checkpoint</source>
        <translation>检查点处</translation>
    </message>
    <message>
        <source>Darker = higher loss, up to %1. A struck red token has a loss that is not a number.</source>
        <translation>颜色越深损失越高，最高 %1。划线的红色 token 的损失不是数值。</translation>
    </message>
    <message>
        <source>Reading the rows…</source>
        <translation>正在读取数据行…</translation>
    </message>
    <message>
        <source>The losses of their tokens follow when the processor is free.</source>
        <translation>处理器空闲后会给出各 token 的损失。</translation>
    </message>
    <message>
        <source>Measuring the losses of their tokens…</source>
        <translation>正在测量各 token 的损失…</translation>
    </message>
    <message>
        <source>Their losses could not be measured: %1</source>
        <translation>无法测量它们的损失：%1</translation>
    </message>
    <message>
        <source>These rows are no longer in the data.</source>
        <translation>这些数据行已不在数据中。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln more row(s) are not shown.</source>
        <translation>
            <numerusform>还有 %Ln 行未显示。</numerusform>
        </translation>
    </message>
    <message>
        <source>The rows could not be read: %1</source>
        <translation>无法读取数据行：%1</translation>
    </message>
    <message>
        <source>Row %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>the longest here</source>
        <translation>这里最长</translation>
    </message>
    <message>
        <source>loss %1</source>
        <translation>损失 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s) without a number</source>
        <translation>
            <numerusform>%Ln 个 token 没有数值</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln control character(s)</source>
        <translation>
            <numerusform>%Ln 个控制字符</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln damaged character(s)</source>
        <translation>
            <numerusform>%Ln 个损坏的字符</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln invisible character(s)</source>
        <translation>
            <numerusform>%Ln 个不可见字符</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>one character %Ln times in a row</source>
        <translation>
            <numerusform>同一字符连续 %Ln 次</numerusform>
        </translation>
    </message>
    <message>
        <source>Leave out row %1</source>
        <translation>排除第 %1 行</translation>
    </message>
    <message>
        <source>Tokens of row %1</source>
        <translation>第 %1 行的 token</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TokenView</name>
    <message>
        <source>Tokens</source>
        <translation>token 列表</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>参与训练</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>被截断</translation>
    </message>
    <message>
        <source>context</source>
        <translation>仅作上下文</translation>
    </message>
    <message>
        <source>Token %1, id %2, %3</source>
        <translation>第 %1 个 token，id %2，%3</translation>
    </message>
    <message>
        <source>special, %1</source>
        <translation>特殊，%1</translation>
    </message>
    <message>
        <source>bytes %1</source>
        <translation>字节 %1</translation>
    </message>
    <message>
        <source>made by the template</source>
        <translation>由模板生成</translation>
    </message>
    <message>
        <source>message %1</source>
        <translation>第 %1 条消息</translation>
    </message>
    <message>
        <source>loss %1</source>
        <translation>损失 %1</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TrainPage</name>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>A good first recipe is filled in. Start, or change what you know better.</source>
        <translation>已填好一份合适的初始配方。直接开始，或修改你更了解的部分。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>停止并保存</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新运行</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>It can be paused once it runs.</source>
        <translation>运行后才能暂停。</translation>
    </message>
    <message>
        <source>It is stopping already.</source>
        <translation>已在停止。</translation>
    </message>
    <message>
        <source>Show the recipe</source>
        <translation>查看配方</translation>
    </message>
    <message>
        <source>Recipe of this run</source>
        <translation>该运行的配方</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>Copy folder path</source>
        <translation>复制文件夹路径</translation>
    </message>
    <message>
        <source>Abort without saving…</source>
        <translation>不保存直接中止…</translation>
    </message>
    <message>
        <source>Abort %1?</source>
        <translation>要中止 %1 吗？</translation>
    </message>
    <message>
        <source>What it learned since its last checkpoint is lost.</source>
        <translation>上一个检查点之后学到的内容会丢失。</translation>
    </message>
    <message>
        <source>Abort %1</source>
        <translation>中止 %1</translation>
    </message>
    <message>
        <source>How to read these curves</source>
        <translation>怎样看这些曲线</translation>
    </message>
    <message>
        <source>Recipe as</source>
        <translation>配方形式</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>表单</translation>
    </message>
    <message>
        <source>YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>Start from…</source>
        <translation>选择起点…</translation>
    </message>
    <message>
        <source>The recipe “%1” is in the form</source>
        <translation>配方“%1”已填入表单</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Duplicate with changes</source>
        <translation>复制并修改</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>深入查看</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Run record</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Compare recipes with another run</source>
        <translation>与另一次运行比较配方</translation>
    </message>
    <message>
        <source>Export as one archive…</source>
        <translation>导出为一个归档…</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TrainPresenter</name>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>尚无运行</translation>
    </message>
    <message>
        <source>%1 train, %2 validation, test untouched</source>
        <translation>训练 %1，验证 %2，测试不动</translation>
    </message>
    <message>
        <source>%1 train, %2 validation</source>
        <translation>训练 %1，验证 %2</translation>
    </message>
    <message>
        <source>Project rows, own validation rows</source>
        <translation>项目的行，独立验证行</translation>
    </message>
    <message>
        <source>Project rows, %1 kept for validation</source>
        <translation>项目的行，留出 %1 验证</translation>
    </message>
    <message>
        <source>no training rows yet</source>
        <translation>尚无训练行</translation>
    </message>
    <message>
        <source>Project rows, no validation</source>
        <translation>项目的行，不验证</translation>
    </message>
    <message>
        <source>%1 train. Without validation rows nothing tells when to stop</source>
        <translation>训练 %1。没有验证行，就无从得知何时该停</translation>
    </message>
    <message>
        <source>Not chosen yet</source>
        <translation>尚未选择</translation>
    </message>
    <message>
        <source>Files of the recipe</source>
        <translation>配方中的文件</translation>
    </message>
    <message>
        <source>Choose what to train on</source>
        <translation>选择训练数据</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 个参数</translation>
    </message>
    <message>
        <source>Not on this machine: fetch it with “fettle model fetch-default”</source>
        <translation>本机没有：请用“fettle model fetch-default”获取</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Every message is learned, questions too</source>
        <translation>每条消息都学习，包括提问</translation>
    </message>
    <message>
        <source>Earlier turns are read but not learned</source>
        <translation>之前的轮次只读不学</translation>
    </message>
    <message>
        <source>Context is read but not learned</source>
        <translation>上下文只读不学</translation>
    </message>
    <message>
        <source>Size of the adapter, %1 adds %2 parameters</source>
        <translation>适配器大小，%1 会增加 %2 个参数</translation>
    </message>
    <message>
        <source>Size of the adapter</source>
        <translation>适配器大小</translation>
    </message>
    <message>
        <source>As suggested</source>
        <translation>建议值</translation>
    </message>
    <message>
        <source>Far above the suggested %1, the loss may diverge</source>
        <translation>远高于建议的 %1，损失可能发散</translation>
    </message>
    <message>
        <source>Suggested: %1</source>
        <translation>建议：%1</translation>
    </message>
    <message numerus="yes">
        <source>The recipe ends after %Ln step(s)</source>
        <translation>
            <numerusform>配方在 %Ln 步后结束</numerusform>
        </translation>
    </message>
    <message>
        <source>Passes over the rows</source>
        <translation>把数据过几遍</translation>
    </message>
    <message numerus="yes">
        <source>Longest row has %Ln token(s)</source>
        <translation>
            <numerusform>最长的行有 %Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>Tokens of a row that are read at most</source>
        <translation>每行最多读取的 token 数</translation>
    </message>
    <message numerus="yes">
        <source>The recipe takes %Ln row(s) a step instead</source>
        <translation>
            <numerusform>配方改为每步 %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Tokens that share one step</source>
        <translation>一步内共用的 token 数</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>放得下</translation>
    </message>
    <message>
        <source>%1 of %2 stay free</source>
        <translation>%2 中还剩 %1</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>放不下</translation>
    </message>
    <message>
        <source>There is no row to train on</source>
        <translation>没有可训练的行</translation>
    </message>
    <message>
        <source>A project trains on rows of a file. Choose one: it becomes a project of its own.</source>
        <translation>项目用文件中的行训练。请选择一个文件，它会成为一个独立的项目。</translation>
    </message>
    <message>
        <source>Choose file</source>
        <translation>选择文件</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) are longer than the context</source>
        <translation>
            <numerusform>有 %Ln 行超出上下文</numerusform>
        </translation>
    </message>
    <message>
        <source>Raise context to %1</source>
        <translation>把上下文提高到 %1</translation>
    </message>
    <message>
        <source>Leave these rows out</source>
        <translation>不用这些行</translation>
    </message>
    <message>
        <source>The recipe says that such rows are an error. Choose what happens to them.</source>
        <translation>配方规定这样的行是错误。请选择如何处理。</translation>
    </message>
    <message numerus="yes">
        <source>The longest has %Ln token(s). They can be read whole or left out: choose before you start.</source>
        <translation>
            <numerusform>最长的有 %Ln 个 token。可以完整读取，也可以不用：请在开始前选择。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln long row(s) are left out</source>
        <translation>
            <numerusform>不用 %Ln 个过长的行</numerusform>
        </translation>
    </message>
    <message>
        <source>As you chose. The recipe says it: over_long: drop.</source>
        <translation>按你的选择。配方中为 over_long: drop。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The recipe splits them into pieces.</source>
        <translation>配方会把它们切成几段。</translation>
    </message>
    <message>
        <source>The recipe cuts their beginning: %1 tokens are lost.</source>
        <translation>配方会截去开头：丢失 %1 个 token。</translation>
    </message>
    <message>
        <source>The recipe cuts their end: %1 tokens are lost.</source>
        <translation>配方会截去结尾：丢失 %1 个 token。</translation>
    </message>
    <message>
        <source>All rows fit the context</source>
        <translation>所有行都在上下文之内</translation>
    </message>
    <message>
        <source>The context was raised to %1.</source>
        <translation>上下文已提高到 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) have no token to learn from</source>
        <translation>
            <numerusform>有 %Ln 行没有可学习的 token</numerusform>
        </translation>
    </message>
    <message>
        <source>Leave them out</source>
        <translation>不用它们</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) without a token to learn are left out</source>
        <translation>
            <numerusform>不用 %Ln 个没有可学习 token 的行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) cannot be used</source>
        <translation>
            <numerusform>有 %Ln 行无法使用</numerusform>
        </translation>
    </message>
    <message>
        <source>They are left out, the others are trained.</source>
        <translation>不用这些行，其余照常训练。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>%1 bytes have no token in this vocabulary</source>
        <translation>有 %1 个字节不在该词表中</translation>
    </message>
    <message>
        <source>They are left out of the text, as the model&apos;s own tokenizer does.</source>
        <translation>与模型自己的分词器一样，这些字节会从文本中略去。</translation>
    </message>
    <message>
        <source>No validation row can be used</source>
        <translation>没有可用的验证行</translation>
    </message>
    <message>
        <source>Without them nothing tells when to stop.</source>
        <translation>没有它们，就无从得知何时该停。</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>token/秒</translation>
    </message>
    <message>
        <source>of %1 free</source>
        <translation>可用 %1</translation>
    </message>
    <message>
        <source>counting</source>
        <translation>正在统计</translation>
    </message>
    <message>
        <source>%1 of %2 rows</source>
        <translation>%2 行中的 %1 行</translation>
    </message>
    <message>
        <source>measured here</source>
        <translation>本机实测</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估算</translation>
    </message>
    <message>
        <source>%1 tokens a pass: %2 trained · %3 context</source>
        <translation>每遍 %1 个 token：训练 %2 · 上下文 %3</translation>
    </message>
    <message>
        <source>Correct the field marked in the form</source>
        <translation>请改正表单中标出的字段</translation>
    </message>
    <message>
        <source>Preflight failed: see above</source>
        <translation>检查失败：见上文</translation>
    </message>
    <message>
        <source>Choose what happens to long and silent rows</source>
        <translation>请选择如何处理过长的行和无可学习的行</translation>
    </message>
    <message numerus="yes">
        <source>Choose what happens to %Ln long row(s)</source>
        <translation>
            <numerusform>请选择如何处理 %Ln 个过长的行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Choose what happens to %Ln silent row(s)</source>
        <translation>
            <numerusform>请选择如何处理 %Ln 个无可学习的行</numerusform>
        </translation>
    </message>
    <message>
        <source>The weight of every message is 0.</source>
        <translation>每条消息的权重都是 0。</translation>
    </message>
    <message>
        <source>%1 tokens a pass: %2 trained · %3 context · %4 cut</source>
        <translation>每遍 %1 个 token：训练 %2 · 上下文 %3 · 截断 %4</translation>
    </message>
    <message numerus="yes">
        <source>about %Ln step(s)</source>
        <translation>
            <numerusform>约 %Ln 步</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 passes over the rows are about %2 steps</source>
        <translation>把数据过 %1 遍约 %2 步</translation>
    </message>
    <message>
        <source>There is no answer to learn, or its weight is 0.</source>
        <translation>没有可学习的回答，或其权重为 0。</translation>
    </message>
    <message>
        <source>The answers are empty.</source>
        <translation>回答为空。</translation>
    </message>
    <message>
        <source>The chat template marks nothing as generated.</source>
        <translation>对话模板没有标记任何生成内容。</translation>
    </message>
    <message>
        <source>There is no text.</source>
        <translation>没有文本。</translation>
    </message>
    <message>
        <source>Every label is masked.</source>
        <translation>所有标签都被屏蔽。</translation>
    </message>
    <message>
        <source>Every token to learn lies beyond the context.</source>
        <translation>要学习的 token 都在上下文之外。</translation>
    </message>
    <message>
        <source>It needs about %1 and %2 are free. Lower what it keeps, or close other programs.</source>
        <translation>约需 %1，可用 %2。减少保留的内容，或关闭其他程序。</translation>
    </message>
    <message>
        <source>Recompute all: saves %1</source>
        <translation>全部重算：省 %1</translation>
    </message>
    <message>
        <source>Micro-batch %1: saves %2</source>
        <translation>微批 %1：省 %2</translation>
    </message>
    <message numerus="yes">
        <source>Context %1: saves %2, %Ln row(s) become too long</source>
        <translation>
            <numerusform>上下文 %1：省 %2，%Ln 行会超长</numerusform>
        </translation>
    </message>
    <message>
        <source>Context %1: saves %2</source>
        <translation>上下文 %1：省 %2</translation>
    </message>
    <message>
        <source>The two steps failed</source>
        <translation>两步测量失败</translation>
    </message>
    <message>
        <source>The loss is not a number</source>
        <translation>损失不是数字</translation>
    </message>
    <message>
        <source>Already in two steps. Lower the learning rate, or look at the rows.</source>
        <translation>两步之内就出现。请降低学习率，或查看数据行。</translation>
    </message>
    <message>
        <source>Two steps ran</source>
        <translation>两步已运行</translation>
    </message>
    <message>
        <source>Loss %1, then %2, on other rows</source>
        <translation>损失 %1，然后 %2（不同的行）</translation>
    </message>
    <message>
        <source>No row is kept for validation</source>
        <translation>没有留出验证行</translation>
    </message>
    <message>
        <source>Nothing tells then whether it learns or only remembers.</source>
        <translation>这样就看不出它是在学习还是只在记忆。</translation>
    </message>
    <message>
        <source>Take %1 of the rows</source>
        <translation>取 %1 的行</translation>
    </message>
    <message>
        <source>The learning rate is far above the usual</source>
        <translation>学习率远高于常用值</translation>
    </message>
    <message>
        <source>The learning rate is far below the usual</source>
        <translation>学习率远低于常用值</translation>
    </message>
    <message>
        <source>At %1 the loss may diverge within a few steps.</source>
        <translation>取 %1 时，损失可能几步之内就发散。</translation>
    </message>
    <message>
        <source>At %1 the run may end before it has learned.</source>
        <translation>取 %1 时，可能还没学会运行就结束。</translation>
    </message>
    <message>
        <source>Set %1</source>
        <translation>设为 %1</translation>
    </message>
    <message>
        <source>Everything is computed again</source>
        <translation>全部重算</translation>
    </message>
    <message>
        <source>Less memory, about a third more time: recompute: full.</source>
        <translation>内存更少，时间约多三分之一：recompute: full。</translation>
    </message>
    <message>
        <source>Smaller micro-batches</source>
        <translation>更小的微批</translation>
    </message>
    <message>
        <source>%1 tokens at once; what is learned stays the same.</source>
        <translation>一次 %1 个 token；学到的内容不变。</translation>
    </message>
    <message>
        <source>A smaller context</source>
        <translation>更小的上下文</translation>
    </message>
    <message>
        <source>Rows of up to %1 tokens are read.</source>
        <translation>最多读取 %1 个 token 的行。</translation>
    </message>
    <message>
        <source>%1 of the rows are kept for validation</source>
        <translation>留出 %1 的行用于验证</translation>
    </message>
    <message>
        <source>Chosen by their number, the same in every run.</source>
        <translation>按行号选取，每次运行都相同。</translation>
    </message>
    <message>
        <source>The usual learning rate</source>
        <translation>常用学习率</translation>
    </message>
    <message>
        <source>It was set to %1.</source>
        <translation>已设为 %1。</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>Correct the recipe first</source>
        <translation>请先改正配方</translation>
    </message>
    <message>
        <source>A run uses the device</source>
        <translation>有运行正在使用设备</translation>
    </message>
    <message>
        <source>The rows could not be counted</source>
        <translation>无法统计数据行</translation>
    </message>
    <message>
        <source>Rows are being counted</source>
        <translation>正在统计数据行</translation>
    </message>
    <message>
        <source>measured %1</source>
        <translation>%1 测得</translation>
    </message>
    <message>
        <source>Nothing of this row is trained. %1</source>
        <translation>这一行没有参与训练的内容。%1</translation>
    </message>
    <message numerus="yes">
        <source>It has %Ln token(s)</source>
        <translation>
            <numerusform>它有 %Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: it is split into pieces.</source>
        <translation>%1：会拆成几段。</translation>
    </message>
    <message>
        <source>%1, more than the context takes: it is left out.</source>
        <translation>%1，超出上下文：不使用。</translation>
    </message>
    <message>
        <source>%1, more than the context takes: the recipe calls that an error.</source>
        <translation>%1，超出上下文：配方规定这是错误。</translation>
    </message>
    <message>
        <source>%1: what is struck out is cut.</source>
        <translation>%1：划掉的部分会被截去。</translation>
    </message>
    <message>
        <source>Correct line %1 of the YAML text</source>
        <translation>请改正 YAML 文本的第 %1 行</translation>
    </message>
    <message>
        <source>Correct the YAML text</source>
        <translation>请改正 YAML 文本</translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln warm-up step(s)</source>
        <translation>
            <numerusform>%1，预热 %Ln 步</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>evaluate every %Ln step(s)</source>
        <translation>
            <numerusform>每 %Ln 步评估</numerusform>
        </translation>
    </message>
    <message>
        <source>evaluate every epoch</source>
        <translation>每轮次评估</translation>
    </message>
    <message>
        <source>evaluate every %1 epochs</source>
        <translation>每 %1 轮次评估</translation>
    </message>
    <message>
        <source>evaluate at the end</source>
        <translation>结束时评估</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>种子 %1</translation>
    </message>
    <message>
        <source>Taking the recipe of %1</source>
        <translation>取用%1的配方</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) left out by choice</source>
        <translation>
            <numerusform>按选择排除了 %Ln 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Rows %1 of the recipe are not trained. Their number does not change the numbers of the others.</source>
        <translation>配方中的第 %1 行不参与训练，其他行的编号不变。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TryPresenter</name>
    <message>
        <source>Choose a run first.</source>
        <translation>请先选择一个运行。</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1，第 %2 步</translation>
    </message>
    <message>
        <source>It can be tried after its first checkpoint.</source>
        <translation>有了第一个检查点后就可以试用。</translation>
    </message>
    <message>
        <source>It ended before its first checkpoint: there is no adapter to try.</source>
        <translation>在第一个检查点之前就结束了：没有可试用的适配器。</translation>
    </message>
    <message>
        <source>Waits for the processor: %1 is paused and keeps it. Stop and save it, or resume it.</source>
        <translation>等待处理器：%1 已暂停但仍占用。请停止并保存，或让它继续。</translation>
    </message>
    <message>
        <source>Waits until %1 has ended: one job at a time uses the processor.</source>
        <translation>等待 %1 结束：处理器一次只做一件事。</translation>
    </message>
    <message>
        <source>Test row %1 of %2</source>
        <translation>测试行 %1/%2</translation>
    </message>
    <message>
        <source>Validation row %1 of %2</source>
        <translation>验证行 %1/%2</translation>
    </message>
    <message>
        <source>Training row %1 of %2</source>
        <translation>训练行 %1/%2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::TryView</name>
    <message>
        <source>Answer: %1</source>
        <translation>回答：%1</translation>
    </message>
    <message>
        <source>Pick a test row</source>
        <translation>选一个测试行</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>原模型</translation>
    </message>
    <message>
        <source>Tuned</source>
        <translation>微调后</translation>
    </message>
    <message>
        <source>System message</source>
        <translation>系统消息</translation>
    </message>
    <message>
        <source>none: the model&apos;s own, if its template has one</source>
        <translation>无：用模型模板自带的（如果有）</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Write a prompt, or pick a row of the data</source>
        <translation>写一条提示，或从数据中选一行</translation>
    </message>
    <message>
        <source>Length of an answer</source>
        <translation>回答长度</translation>
    </message>
    <message numerus="yes">
        <source>up to %Ln token(s)</source>
        <translation>
            <numerusform>最多 %Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>most likely token</source>
        <translation>最可能的 token</translation>
    </message>
    <message>
        <source>temperature %1</source>
        <translation>温度 %1</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>期望</translation>
    </message>
    <message>
        <source>as expected</source>
        <translation>符合期望</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>reading the model</source>
        <translation>正在读取模型</translation>
    </message>
    <message>
        <source>answering</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %Ln token(s)</source>
        <translation>
            <numerusform>%1 · %Ln 个 token</numerusform>
        </translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>重新发送</translation>
    </message>
    <message>
        <source>An answer is on its way.</source>
        <translation>正在回答。</translation>
    </message>
    <message>
        <source>Write a prompt first.</source>
        <translation>请先写一条提示。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln earlier turn(s) go with it</source>
        <translation>
            <numerusform>附带之前的 %Ln 轮</numerusform>
        </translation>
    </message>
    <message>
        <source>No row could be picked.</source>
        <translation>无法选取行。</translation>
    </message>
</context>
<context>
    <name>fettle::ui::ValueText</name>
    <message>
        <source>Step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个 token</translation>
    </message>
    <message>
        <source>Epoch %1</source>
        <translation>第 %1 轮</translation>
    </message>
</context>
<context>
    <name>fettle::ui::VersionsPage</name>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>A version remembers the rows as they are. Each run keeps the version it was trained on.</source>
        <translation>版本记住当前的行。每次运行都保留它训练时的版本。</translation>
    </message>
    <message>
        <source>Keep this version</source>
        <translation>保存这个版本</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>改名</translation>
    </message>
    <message>
        <source>Rows that differ</source>
        <translation>不同的行</translation>
    </message>
    <message>
        <source>Name of the rows as they are now, for example “Before the clean-up”</source>
        <translation>给当前的行起名，例如“清理之前”</translation>
    </message>
    <message>
        <source>Name of the version</source>
        <translation>版本名称</translation>
    </message>
    <message>
        <source>From version</source>
        <translation>起始版本</translation>
    </message>
    <message>
        <source>To version</source>
        <translation>目标版本</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>to</source>
        <translation>到</translation>
    </message>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Removed and more</source>
        <translation>移除及其他</translation>
    </message>
    <message>
        <source>Version “%1” kept</source>
        <translation>已保存版本“%1”</translation>
    </message>
    <message>
        <source>Keeping a version</source>
        <translation>保存版本</translation>
    </message>
    <message>
        <source>Reading versions</source>
        <translation>读取版本</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>version, time</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>There is no version yet.</source>
        <translation>还没有版本。</translation>
    </message>
    <message>
        <source>No version was kept yet. Imports and runs make one by themselves.</source>
        <translation>还没有保存版本。导入和运行会自动生成。</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>content %1</source>
        <translation>内容 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s) trained on it</source>
        <translation>
            <numerusform>%Ln 次运行用它训练</numerusform>
        </translation>
    </message>
    <message>
        <source>made by itself</source>
        <translation>自动生成</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>Comparing versions</source>
        <translation>比较版本</translation>
    </message>
    <message>
        <source>Both hold the same rows.</source>
        <translation>两者的行相同。</translation>
    </message>
    <message>
        <source>The first %1 of %2 rows that differ are listed.</source>
        <translation>列出 %2 个不同行中的前 %1 行。</translation>
    </message>
    <message>
        <source>%1 added</source>
        <translation>新增 %1</translation>
    </message>
    <message>
        <source>%1 changed</source>
        <translation>%1 改动</translation>
    </message>
    <message>
        <source>%1 removed</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>已移除</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>%1: %2 → %3</source>
        <comment>field, before, after</comment>
        <translation>%1：%2 → %3</translation>
    </message>
    <message>
        <source>Type the new name here, then press Rename</source>
        <translation>在这里输入新名称，再按“改名”</translation>
    </message>
    <message>
        <source>Renaming a version</source>
        <translation>版本改名</translation>
    </message>
</context>
<context>
    <name>fettle::ui::WindowDialogs</name>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
</context>
<context>
    <name>fettle::ui::Workspace</name>
    <message>
        <source>Opening %1</source>
        <translation>打开 %1 </translation>
    </message>
    <message>
        <source>Opening the sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>Creating %1</source>
        <translation>创建 %1 </translation>
    </message>
    <message>
        <source>Saving the recipe</source>
        <translation>保存配方</translation>
    </message>
    <message>
        <source>Reading the runs</source>
        <translation>读取运行列表</translation>
    </message>
    <message>
        <source>Reading the run</source>
        <translation>读取运行</translation>
    </message>
    <message>
        <source>Starting the run</source>
        <translation>开始运行</translation>
    </message>
    <message>
        <source>Continuing the run</source>
        <translation>继续运行</translation>
    </message>
    <message>
        <source>Deleting the run</source>
        <translation>删除运行</translation>
    </message>
    <message>
        <source>Renaming the run</source>
        <translation>重命名运行</translation>
    </message>
    <message>
        <source>Importing %1</source>
        <translation>导入 %1 </translation>
    </message>
    <message>
        <source>Changing the recent list</source>
        <translation>更改最近列表</translation>
    </message>
    <message>
        <source>Starting the next run</source>
        <translation>启动下一次训练</translation>
    </message>
    <message>
        <source>Changing the order</source>
        <translation>更改顺序</translation>
    </message>
    <message>
        <source>Holding the run</source>
        <translation>搁置训练</translation>
    </message>
    <message>
        <source>Releasing the run</source>
        <translation>放行训练</translation>
    </message>
    <message>
        <source>Taking the run out of the queue</source>
        <translation>将训练移出队列</translation>
    </message>
    <message>
        <source>Starting the sweep</source>
        <translation>启动扫描</translation>
    </message>
    <message>
        <source>Stopping the sweep</source>
        <translation>停止扫描</translation>
    </message>
    <message>
        <source>Reading the queue</source>
        <translation>读取队列</translation>
    </message>
    <message>
        <source>Steering the run</source>
        <translation>控制训练</translation>
    </message>
    <message>
        <source>Tagging the run</source>
        <translation>为训练加标签</translation>
    </message>
    <message>
        <source>Noting about the run</source>
        <translation>为训练写备注</translation>
    </message>
    <message>
        <source>Archiving the run</source>
        <translation>归档训练</translation>
    </message>
    <message>
        <source>Taking the run out of the archive</source>
        <translation>将训练移出归档</translation>
    </message>
    <message>
        <source>Reading the recipe of the run</source>
        <translation>读取训练的配方</translation>
    </message>
    <message>
        <source>Restoring the run</source>
        <translation>恢复训练</translation>
    </message>
    <message>
        <source>Removing deleted runs</source>
        <translation>清除已删除的训练</translation>
    </message>
    <message>
        <source>rank %1, lr %2</source>
        <translation>秩 %1，学习率 %2</translation>
    </message>
</context>
<context>
    <name>fettle::ui::YamlView</name>
    <message>
        <source>Next fault</source>
        <translation>下一处错误</translation>
    </message>
    <message>
        <source>Back to the last good text</source>
        <translation>恢复最后的正确文本</translation>
    </message>
    <message>
        <source>recipe.yaml</source>
        <translation>recipe.yaml</translation>
    </message>
    <message>
        <source>Recipe as YAML</source>
        <translation>YAML 形式的配方</translation>
    </message>
    <message>
        <source>The same recipe as the form. Saved as you type.</source>
        <translation>与表单是同一份配方，边输入边保存。</translation>
    </message>
    <message>
        <source>No fault</source>
        <translation>没有错误</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Kept as a draft. The form shows the last good recipe.</source>
        <translation>已存为草稿。表单显示最后一份正确的配方。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln fault(s)</source>
        <translation>
            <numerusform>%Ln 处错误</numerusform>
        </translation>
    </message>
</context>
</TS>
